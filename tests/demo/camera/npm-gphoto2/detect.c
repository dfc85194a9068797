/* The npm package finds cameras by autodetection only, which never names a Wi-Fi port: preloaded, this stands in. */
#include <gphoto2/gphoto2-abilities-list.h>
#include <gphoto2/gphoto2-list.h>
#include <stdlib.h>

int gp_abilities_list_detect(CameraAbilitiesList *abilities, GPPortInfoList *ports, CameraList *found, GPContext *context) {
  return gp_list_append(found, "PTP/IP Camera", getenv("VIRTUAL_CAMERA_PORT"));
}
