import { Refusal } from '../../errors.ts'
import { createTransaction, type Db } from './sql.ts'

/** Applied in order, each once; a migration that has been released is never edited. Times are milliseconds since
 * 1970, keys are `nameKey()` of the name, JSON columns hold what `daemon/contract` describes. */
export const MIGRATIONS: readonly string[] = [
  `
  CREATE TABLE events (
    id INTEGER PRIMARY KEY,
    slug TEXT NOT NULL UNIQUE,
    prefix TEXT NOT NULL UNIQUE,
    date TEXT NOT NULL,
    starts_at INTEGER NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('open', 'paused', 'closed')),
    settings TEXT NOT NULL,
    hero TEXT,
    folders TEXT NOT NULL,
    -- The last sign of life (a shot, or a person who said "continue"); the event pauses 12 h after it.
    active_at INTEGER NOT NULL,
    revision INTEGER NOT NULL DEFAULT 0
  ) STRICT;

  CREATE TABLE photos (
    id TEXT PRIMARY KEY,
    event_id INTEGER NOT NULL REFERENCES events (id),
    filename TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('buffer', 'archived', 'trashed')),
    width INTEGER NOT NULL,
    height INTEGER NOT NULL,
    taken_at INTEGER NOT NULL,
    added_at INTEGER NOT NULL,
    camera TEXT,
    serial TEXT,
    rating INTEGER NOT NULL DEFAULT 0,
    pick INTEGER NOT NULL DEFAULT 0,
    published_count INTEGER NOT NULL DEFAULT 0,
    unpublished_count INTEGER NOT NULL DEFAULT 0
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX photos_newest ON photos (event_id, state, taken_at DESC, id DESC);

  CREATE TABLE originals (
    event_id INTEGER NOT NULL REFERENCES events (id),
    sha256 TEXT NOT NULL,
    photo_id TEXT NOT NULL REFERENCES photos (id),
    -- 'main' is what the Photo shows; 'raw' is the RAW beside it.
    role TEXT NOT NULL CHECK (role IN ('main', 'raw')),
    filename TEXT NOT NULL,
    filename_key TEXT NOT NULL,
    bytes INTEGER NOT NULL,
    modified_at INTEGER NOT NULL,
    kind TEXT NOT NULL,
    -- Source and folder that it came from, and the key of its stem there: how a RAW finds its JPEG.
    origin TEXT NOT NULL,
    origin_stem TEXT NOT NULL,
    PRIMARY KEY (event_id, sha256),
    UNIQUE (event_id, filename_key),
    UNIQUE (photo_id, role)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX originals_by_origin ON originals (event_id, origin, origin_stem);

  CREATE TABLE edits (
    photo_id TEXT PRIMARY KEY REFERENCES photos (id),
    edit TEXT NOT NULL,
    kept_at INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE publications (
    id TEXT PRIMARY KEY,
    event_id INTEGER NOT NULL REFERENCES events (id),
    photo_id TEXT NOT NULL REFERENCES photos (id),
    name TEXT NOT NULL,
    -- Never freed: a public name is used once, whatever becomes of the publication.
    name_key TEXT NOT NULL,
    edit TEXT NOT NULL,
    edit_key TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('pending', 'live', 'gone')),
    -- Order of first publication; a replacement takes over its predecessor's.
    place INTEGER NOT NULL,
    width INTEGER NOT NULL,
    height INTEGER NOT NULL,
    bytes INTEGER NOT NULL,
    thumbhash TEXT NOT NULL,
    published_at INTEGER NOT NULL,
    gone_at INTEGER,
    UNIQUE (event_id, name_key)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX publications_in_order ON publications (event_id, state, place DESC);
  CREATE INDEX publications_by_photo ON publications (photo_id, state, place);

  CREATE TABLE settings (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;

  CREATE TABLE uploads (
    -- Never used again: an upload under way still knows its id when its row has been dropped.
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    event_id INTEGER NOT NULL REFERENCES events (id),
    publication_id TEXT REFERENCES publications (id),
    lane TEXT NOT NULL CHECK (lane IN ('removal', 'thumb', 'manifest', 'web', 'full')),
    -- The lane's place in the order of urgency.
    turn INTEGER NOT NULL AS (instr('removal thumb manifest web full', lane)),
    object_key TEXT NOT NULL,
    bytes INTEGER NOT NULL,
    state TEXT NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'done')),
    tries INTEGER NOT NULL DEFAULT 0,
    due_at INTEGER NOT NULL DEFAULT 0,
    etag TEXT,
    trouble TEXT
  ) STRICT;
  CREATE INDEX uploads_in_turn ON uploads (turn, id) WHERE state = 'waiting';
  CREATE INDEX uploads_by_time ON uploads (due_at) WHERE state = 'waiting';
  CREATE INDEX uploads_by_object ON uploads (event_id, object_key);
  CREATE INDEX uploads_by_publication ON uploads (publication_id, lane);

  CREATE TABLE requests (
    scope TEXT NOT NULL,
    request_id TEXT NOT NULL,
    status INTEGER NOT NULL,
    reply TEXT NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (scope, request_id)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX requests_by_age ON requests (at);

  CREATE TABLE devices (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    role TEXT NOT NULL CHECK (role IN ('editor')),
    token_hash TEXT NOT NULL UNIQUE,
    paired_at INTEGER NOT NULL,
    seen_at INTEGER,
    address TEXT
  ) STRICT, WITHOUT ROWID;

  -- What became of each frame that a Source offered, so that a card is not read twice.
  CREATE TABLE ledger (
    event_id INTEGER NOT NULL REFERENCES events (id),
    source TEXT NOT NULL,
    shot TEXT NOT NULL,
    outcome TEXT NOT NULL CHECK (outcome IN ('taken', 'left')),
    at INTEGER NOT NULL,
    PRIMARY KEY (event_id, source, shot)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE set_aside (
    event_id INTEGER NOT NULL REFERENCES events (id),
    source TEXT NOT NULL,
    path TEXT NOT NULL,
    -- Size and time that it had: a file that changed is looked at again.
    fingerprint TEXT NOT NULL,
    reason TEXT NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (event_id, source, path)
  ) STRICT, WITHOUT ROWID;

  -- Journal lines that are not yet in the file beside the photos.
  CREATE TABLE facts (
    n INTEGER PRIMARY KEY AUTOINCREMENT,
    event_id INTEGER NOT NULL REFERENCES events (id),
    line TEXT NOT NULL
  ) STRICT;
  `,
  `
  -- Which of our cameras shot it, and whether the photographer marked it there (locked it, or gave it stars).
  ALTER TABLE photos ADD COLUMN camera_id TEXT;
  ALTER TABLE photos ADD COLUMN marked INTEGER NOT NULL DEFAULT 0;
  CREATE INDEX photos_by_camera ON photos (event_id, camera_id) WHERE camera_id IS NOT NULL;
  `,
  `
  -- What it was finished with (watermark, sizes, names): see finishKey(). Empty is what came before there was any.
  ALTER TABLE publications ADD COLUMN finish TEXT NOT NULL DEFAULT '';
  -- Of the full size: null when none is wanted, 0 until it is made.
  ALTER TABLE publications ADD COLUMN full_bytes INTEGER;
  `,
  `
  -- How far a publication that was taken out is on its way off the bucket: NULL = it may be there still, 'removed' =
  -- the bucket has it no more, 'verified' = a public address says so too.
  ALTER TABLE publications ADD COLUMN cleared TEXT CHECK (cleared IN ('removed', 'verified'));
  ALTER TABLE publications ADD COLUMN was_live INTEGER NOT NULL DEFAULT 0;
  UPDATE publications SET was_live = 1 WHERE state = 'live' OR (state = 'gone' AND gone_at > published_at);
  UPDATE publications SET cleared = 'verified' WHERE state = 'gone';
  CREATE INDEX publications_by_departure ON publications (event_id, gone_at DESC) WHERE state = 'gone';
  CREATE INDEX publications_unverified ON publications (gone_at DESC) WHERE cleared = 'removed';
  CREATE INDEX publications_gone_by_photo ON publications (photo_id, gone_at DESC) WHERE state = 'gone';
  `,
  `
  -- Roles. A device may hold several tokens: one for each address that it is paired at.
  CREATE TABLE devices_with_roles (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    role TEXT NOT NULL CHECK (role IN ('viewer', 'editor', 'owner')),
    paired_at INTEGER NOT NULL,
    seen_at INTEGER,
    address TEXT
  ) STRICT, WITHOUT ROWID;
  INSERT INTO devices_with_roles SELECT id, name, role, paired_at, seen_at, address FROM devices;
  CREATE TABLE device_tokens (
    token_hash TEXT PRIMARY KEY,
    device_id TEXT NOT NULL REFERENCES devices_with_roles (id) ON DELETE CASCADE,
    made_at INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  INSERT INTO device_tokens SELECT token_hash, id, paired_at FROM devices;
  DROP TABLE devices;
  ALTER TABLE devices_with_roles RENAME TO devices;
  CREATE INDEX device_tokens_by_device ON device_tokens (device_id, made_at);

  -- Who did what. Kept with the event, here and in its journal.
  CREATE TABLE audit (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    event_id INTEGER NOT NULL REFERENCES events (id),
    at INTEGER NOT NULL,
    -- Empty: the owner at the machine, or the program by itself (role 'none'). No reference: a device may be gone.
    device TEXT NOT NULL,
    name TEXT NOT NULL,
    role TEXT NOT NULL CHECK (role IN ('viewer', 'editor', 'owner', 'none')),
    what TEXT NOT NULL,
    subject TEXT NOT NULL,
    details TEXT NOT NULL
  ) STRICT;
  CREATE INDEX audit_by_event ON audit (event_id, id DESC);
  CREATE INDEX audit_by_device ON audit (event_id, device, id DESC);
  `,
  `
  -- The code and the blanks of the reason, for pages in another language; NULL is what came before there were any.
  ALTER TABLE set_aside ADD COLUMN code TEXT;
  ALTER TABLE set_aside ADD COLUMN params TEXT NOT NULL DEFAULT '{}';

  -- Cameras whose new frames are published by themselves, so many seconds after they came in, unless a person
  -- deals with them first. What waits is kept by triggers: whoever adds, moves, edits or publishes a photo, in
  -- whatever way, cannot forget it.
  CREATE TABLE unattended_cameras (
    camera_id TEXT PRIMARY KEY,
    seconds INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE unattended (
    photo_id TEXT PRIMARY KEY REFERENCES photos (id),
    event_id INTEGER NOT NULL REFERENCES events (id),
    camera_id TEXT NOT NULL,
    due_at INTEGER NOT NULL,
    tries INTEGER NOT NULL DEFAULT 0
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX unattended_by_time ON unattended (event_id, due_at);
  CREATE TRIGGER unattended_added AFTER INSERT ON photos
    WHEN NEW.state = 'buffer' AND NEW.taken_at >= (SELECT starts_at FROM events WHERE id = NEW.event_id)
  BEGIN
    INSERT INTO unattended (photo_id, event_id, camera_id, due_at)
      SELECT NEW.id, NEW.event_id, camera_id, NEW.added_at + seconds * 1000
      FROM unattended_cameras WHERE camera_id = NEW.camera_id;
  END;
  CREATE TRIGGER unattended_moved AFTER UPDATE OF state ON photos WHEN NEW.state <> 'buffer'
    BEGIN DELETE FROM unattended WHERE photo_id = NEW.id; END;
  CREATE TRIGGER unattended_deleted BEFORE DELETE ON photos
    BEGIN DELETE FROM unattended WHERE photo_id = OLD.id; END;
  CREATE TRIGGER unattended_edited AFTER INSERT ON edits
    BEGIN DELETE FROM unattended WHERE photo_id = NEW.photo_id; END;
  CREATE TRIGGER unattended_edited_again AFTER UPDATE ON edits
    BEGIN DELETE FROM unattended WHERE photo_id = NEW.photo_id; END;
  CREATE TRIGGER unattended_published AFTER UPDATE OF state ON publications WHEN NEW.state = 'live'
    BEGIN DELETE FROM unattended WHERE photo_id = NEW.photo_id; END;
  CREATE TRIGGER unattended_closed AFTER UPDATE OF state ON events WHEN NEW.state = 'closed'
    BEGIN DELETE FROM unattended WHERE event_id = NEW.id; END;
  CREATE TRIGGER unattended_off AFTER DELETE ON unattended_cameras
    BEGIN DELETE FROM unattended WHERE camera_id = OLD.camera_id; END;
  `,
  `
  -- What each device did last, so that it can undo it: at most twenty an actor (a device's id, or the owner's browser).
  CREATE TABLE actions (
    n INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    event_id INTEGER NOT NULL REFERENCES events (id),
    actor TEXT NOT NULL,
    kind TEXT NOT NULL,
    -- Of many at once.
    job_id TEXT,
    at INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX actions_by_actor ON actions (event_id, actor, n DESC);

  -- What an action did to each Photo, and who had the last word about that before it.
  CREATE TABLE traces (
    n INTEGER PRIMARY KEY AUTOINCREMENT,
    action_id TEXT NOT NULL REFERENCES actions (id) ON DELETE CASCADE,
    photo_id TEXT NOT NULL REFERENCES photos (id),
    trace TEXT NOT NULL,
    before TEXT
  ) STRICT;
  CREATE INDEX traces_by_action ON traces (action_id, n);
  CREATE INDEX traces_by_photo ON traces (photo_id);

  -- Who had the last word about a Photo's folder, edit, rating and publications. No row: nobody, or not here.
  CREATE TABLE last_words (
    photo_id TEXT NOT NULL REFERENCES photos (id),
    aspect TEXT NOT NULL CHECK (aspect IN ('state', 'edit', 'rating', 'publication')),
    word TEXT NOT NULL,
    PRIMARY KEY (photo_id, aspect)
  ) STRICT, WITHOUT ROWID;

  -- Publishes that wait for their second thought, and those that failed after it.
  CREATE TABLE holds (
    id TEXT PRIMARY KEY,
    event_id INTEGER NOT NULL REFERENCES events (id),
    photo_id TEXT NOT NULL REFERENCES photos (id),
    edit TEXT NOT NULL,
    again INTEGER NOT NULL,
    replaces TEXT,
    actor TEXT NOT NULL,
    due_at INTEGER NOT NULL,
    code TEXT,
    message TEXT
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX holds_by_event ON holds (event_id);

  CREATE TABLE jobs (
    n INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    event_id INTEGER NOT NULL REFERENCES events (id),
    actor TEXT NOT NULL,
    kind TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('running', 'paused', 'done', 'cancelled')),
    -- Why it paused by itself: a Refusal's code.
    reason TEXT,
    action_id TEXT NOT NULL,
    at INTEGER NOT NULL,
    -- Not before: the second thought about a publish.
    due_at INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX jobs_by_event ON jobs (event_id, n DESC);

  CREATE TABLE job_items (
    job_id TEXT NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
    n INTEGER NOT NULL,
    photo_id TEXT,
    filename TEXT NOT NULL,
    decision TEXT NOT NULL,
    state TEXT NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'done', 'failed', 'cancelled')),
    code TEXT,
    message TEXT,
    PRIMARY KEY (job_id, n)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX job_items_waiting ON job_items (job_id, state, n);

  -- When its files were deleted for good. The row stays: its names are never given again, and its bytes are known.
  ALTER TABLE photos ADD COLUMN deleted_at INTEGER;
  CREATE INDEX photos_deleted ON photos (event_id) WHERE deleted_at IS NOT NULL;
  -- Of what was taken, so that a card can tell which of its frames were deleted here.
  ALTER TABLE ledger ADD COLUMN sha256 TEXT;
  CREATE INDEX ledger_by_bytes ON ledger (event_id, sha256) WHERE sha256 IS NOT NULL;
  `,
  `
  -- A person looked at it and went on. What was unpublished, or taken out of the trash or the archive, is to be
  -- looked at anew.
  ALTER TABLE photos ADD COLUMN seen INTEGER NOT NULL DEFAULT 0;
  CREATE TRIGGER photos_unseen_again AFTER UPDATE OF unpublished_count, state ON photos
    WHEN NEW.seen = 1 AND (NEW.unpublished_count > OLD.unpublished_count OR NEW.state = 'buffer' AND OLD.state <> 'buffer')
    BEGIN UPDATE photos SET seen = 0 WHERE id = NEW.id; END;
  `,
  `
  -- What the bytes of an Original are, beyond their hash: 'picture' hashes the compressed picture alone, whatever is
  -- written into the file's head ('' where a kind has none, NULL where nobody has looked yet); 'shot_at' is the time in
  -- the file, uncorrected; 'stat' is how its file looked when its bytes were read last; 'lost' means that its file is
  -- gone, or holds another picture.
  ALTER TABLE originals ADD COLUMN picture TEXT;
  ALTER TABLE originals ADD COLUMN shot_at INTEGER;
  ALTER TABLE originals ADD COLUMN stat TEXT;
  ALTER TABLE originals ADD COLUMN lost INTEGER NOT NULL DEFAULT 0;
  CREATE INDEX originals_by_picture ON originals (event_id, picture) WHERE picture > '';
  CREATE INDEX originals_by_stem ON originals (event_id, origin_stem);

  -- Names that Photos had before their files were renamed.
  CREATE TABLE former_names (
    event_id INTEGER NOT NULL REFERENCES events (id),
    filename_key TEXT NOT NULL,
    photo_id TEXT NOT NULL REFERENCES photos (id),
    PRIMARY KEY (event_id, filename_key)
  ) STRICT, WITHOUT ROWID;

  -- The hash of the Original that it was made from.
  ALTER TABLE publications ADD COLUMN source TEXT NOT NULL DEFAULT '';
  UPDATE publications SET source = coalesce(
    (SELECT sha256 FROM originals WHERE photo_id = publications.photo_id AND role = 'main'), '');
  `,
  `
  -- Minutes that the clock was ahead of UTC where it was taken, so that guests everywhere read the venue's hour. Photos
  -- that are older than this column are told in the zone of the machine.
  ALTER TABLE photos ADD COLUMN taken_offset INTEGER;
  `,
  `
  -- Compressed pictures that Originals had before a program turned them, by the hash of what the Original is now: the
  -- frame may come again as it was shot.
  CREATE TABLE former_pictures (
    event_id INTEGER NOT NULL REFERENCES events (id),
    picture TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    PRIMARY KEY (event_id, picture, sha256)
  ) STRICT, WITHOUT ROWID;
  `,
  `
  -- Photos in the buffer that the photographer marked a moment ago: nobody has acted on that yet. A mark that is known for
  -- longer, or that a Photo got while a person had it elsewhere, is no reason to publish it with nobody looking.
  CREATE TABLE fresh_marks (photo_id TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;
  CREATE TRIGGER fresh_marks_added AFTER INSERT ON photos WHEN NEW.marked = 1 AND NEW.state = 'buffer'
    BEGIN INSERT INTO fresh_marks VALUES (NEW.id); END;
  CREATE TRIGGER fresh_marks_given AFTER UPDATE OF marked ON photos
    WHEN NEW.marked = 1 AND OLD.marked = 0 AND NEW.state = 'buffer'
    BEGIN INSERT OR IGNORE INTO fresh_marks VALUES (NEW.id); END;
  CREATE TRIGGER fresh_marks_moved AFTER UPDATE OF state ON photos WHEN NEW.state <> 'buffer'
    BEGIN DELETE FROM fresh_marks WHERE photo_id = NEW.id; END;
  CREATE TRIGGER fresh_marks_deleted BEFORE DELETE ON photos
    BEGIN DELETE FROM fresh_marks WHERE photo_id = OLD.id; END;
  `,
  `
  -- Every page of a list says how many there are in all: counted without looking at a row.
  CREATE INDEX photos_counted ON photos (event_id, state, deleted_at);
  `,
  `
  -- Who may open an event's gallery. The PIN's digits are there for the owner to read; 'pin_hash' is what the bucket has
  -- of them, under 'access_key', which signs guests' cookies too. 'access_token' names the event's document in the
  -- bucket. 'access_at' is when any of it was changed last. Events of before go on as they were: at the front door.
  ALTER TABLE events ADD COLUMN visibility TEXT NOT NULL DEFAULT 'front' CHECK (visibility IN ('front', 'link', 'pin'));
  ALTER TABLE events ADD COLUMN pin TEXT;
  ALTER TABLE events ADD COLUMN pin_hash TEXT;
  ALTER TABLE events ADD COLUMN access_key TEXT NOT NULL DEFAULT '';
  ALTER TABLE events ADD COLUMN access_token TEXT NOT NULL DEFAULT '';
  ALTER TABLE events ADD COLUMN ends_at INTEGER;
  ALTER TABLE events ADD COLUMN access_at INTEGER NOT NULL DEFAULT 0;
  UPDATE events SET access_key = lower(hex(randomblob(32))), access_token = lower(hex(randomblob(16)));
  `,
  `
  -- Photos that guests want taken out, until a person has answered.
  CREATE TABLE removal_requests (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    event_id INTEGER NOT NULL REFERENCES events (id),
    filename TEXT NOT NULL,
    reason TEXT NOT NULL,
    source TEXT NOT NULL,
    asked_at INTEGER NOT NULL,
    asked_count INTEGER NOT NULL DEFAULT 1,
    -- Where it lies in the bucket; it goes from there once it is answered, and then the row.
    object_key TEXT UNIQUE,
    answered_at INTEGER
  ) STRICT;
  CREATE UNIQUE INDEX removal_requests_open ON removal_requests (event_id, filename) WHERE answered_at IS NULL;

  -- What guests did, as sums: by the place where it was counted.
  CREATE TABLE audience (
    event_id INTEGER NOT NULL REFERENCES events (id),
    source TEXT NOT NULL,
    peak INTEGER NOT NULL,
    opened INTEGER NOT NULL,
    saved TEXT NOT NULL,
    PRIMARY KEY (event_id, source)
  ) STRICT, WITHOUT ROWID;
  `,
  `
  -- Bytes of the picture that fills a phone's screen; null for what was published before there was one.
  ALTER TABLE publications ADD COLUMN view_bytes INTEGER;
  `,
  `
  -- What the other tables do not say of a Photo's way to the guests: when each came about first; null is not known.
  -- 'seen_where' is where a guest's page got it: 'internet' is no earlier than that, by what was counted there.
  CREATE TABLE milestones (
    photo_id TEXT PRIMARY KEY REFERENCES photos (id) ON DELETE CASCADE,
    tile_at INTEGER,
    decided_at INTEGER,
    uploaded_at INTEGER,
    seen_at INTEGER,
    seen_where TEXT CHECK (seen_where IN ('network', 'internet'))
  ) STRICT, WITHOUT ROWID;

  -- What was in the way during an Event, by kind: how often it came up, and how often it was over again.
  CREATE TABLE faults (
    event_id INTEGER NOT NULL REFERENCES events (id),
    kind TEXT NOT NULL,
    came INTEGER NOT NULL,
    healed INTEGER NOT NULL,
    PRIMARY KEY (event_id, kind)
  ) STRICT, WITHOUT ROWID;
  `,
  `
  -- Whom its files name as the photographer: who is named in the Original, or else was said to use the camera when it was
  -- made; '' where nobody was.
  ALTER TABLE publications ADD COLUMN photographer TEXT NOT NULL DEFAULT '';
  `,
  `
  -- A Look that a frame got as it came in is nobody's decision: the frame goes on waiting to be published unattended.
  ALTER TABLE edits ADD COLUMN given INTEGER NOT NULL DEFAULT 0;
  DROP TRIGGER unattended_edited;
  CREATE TRIGGER unattended_edited AFTER INSERT ON edits WHEN NEW.given = 0
    BEGIN DELETE FROM unattended WHERE photo_id = NEW.photo_id; END;

  -- What aperture, shutter and sensitivity were set to as one number, at ISO 100; null is not known.
  ALTER TABLE photos ADD COLUMN exposure_value REAL;
  `,
  `
  -- What a Photo is said to be in words, as JSON: what came with its files, and what a person wrote here. No row: nothing.
  CREATE TABLE photo_words (
    photo_id TEXT PRIMARY KEY REFERENCES photos (id) ON DELETE CASCADE,
    found TEXT NOT NULL,
    own TEXT NOT NULL,
    label TEXT NOT NULL,
    rejected INTEGER NOT NULL CHECK (rejected IN (0, 1))
  ) STRICT, WITHOUT ROWID;

  -- What a sidecar in the buffer folder said when it was read last, so that only what changes in it counts.
  CREATE TABLE sidecars (
    event_id INTEGER NOT NULL REFERENCES events (id),
    name TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    said TEXT NOT NULL,
    PRIMARY KEY (event_id, name)
  ) STRICT, WITHOUT ROWID;

  -- Words, too, have a last word.
  CREATE TABLE last_words_with_words (
    photo_id TEXT NOT NULL REFERENCES photos (id),
    aspect TEXT NOT NULL CHECK (aspect IN ('state', 'edit', 'rating', 'words', 'publication')),
    word TEXT NOT NULL,
    PRIMARY KEY (photo_id, aspect)
  ) STRICT, WITHOUT ROWID;
  INSERT INTO last_words_with_words SELECT photo_id, aspect, word FROM last_words;
  DROP TABLE last_words;
  ALTER TABLE last_words_with_words RENAME TO last_words;

  -- The words in a publication's files, as JSON; '' where there are none.
  ALTER TABLE publications ADD COLUMN words TEXT NOT NULL DEFAULT '';
  `,
  `
  -- Finished pictures that came back from a retoucher. 'kept' is the file of their bytes, NULL where those were deleted
  -- for good. 'state': 'new' until it was matched; 'waiting' for a person, with 'reason' and the ids of 'candidates';
  -- 'placed' on a Photo, where 'before_id' is the final that it took the place of, and 'edit_before' the Edit of then;
  -- 'removed' by a person from there; 'left' alone; a 'photo' of its own.
  CREATE TABLE finals (
    id TEXT PRIMARY KEY,
    event_id INTEGER NOT NULL REFERENCES events (id),
    filename TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    kept TEXT,
    bytes INTEGER NOT NULL,
    kind TEXT NOT NULL,
    width INTEGER NOT NULL,
    height INTEGER NOT NULL,
    shot_at INTEGER,
    serial TEXT,
    came_at INTEGER NOT NULL,
    state TEXT NOT NULL DEFAULT 'new'
      CHECK (state IN ('new', 'waiting', 'placed', 'removed', 'left', 'photo')),
    reason TEXT,
    candidates TEXT NOT NULL DEFAULT '[]',
    photo_id TEXT REFERENCES photos (id),
    before_id TEXT,
    edit_before TEXT
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX finals_by_state ON finals (event_id, state, came_at);
  CREATE INDEX finals_by_bytes ON finals (event_id, sha256);
  CREATE INDEX finals_by_photo ON finals (photo_id) WHERE photo_id IS NOT NULL;
  -- What a Photo shows instead of its Original, and whether what is live has yet to follow that.
  ALTER TABLE photos ADD COLUMN final_id TEXT;
  ALTER TABLE photos ADD COLUMN final_owed INTEGER NOT NULL DEFAULT 0;
  CREATE INDEX photos_final_owed ON photos (event_id) WHERE final_owed = 1;
  `,
  `
  -- Which Originals a second copy has, read back; 'target' is the id in the sentinel of its folder.
  CREATE TABLE second_copies (
    target TEXT NOT NULL,
    event_id INTEGER NOT NULL REFERENCES events (id),
    sha256 TEXT NOT NULL,
    filename TEXT NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (target, event_id, sha256)
  ) STRICT, WITHOUT ROWID;
  `,
  `
  -- Public names that were given and of whose publications nothing more is known: a catalog that was rebuilt knows them by
  -- the journal and by what guests' pages name. They are never given again.
  CREATE TABLE used_names (
    event_id INTEGER NOT NULL REFERENCES events (id),
    name_key TEXT NOT NULL,
    PRIMARY KEY (event_id, name_key)
  ) STRICT, WITHOUT ROWID;
  `,
  `
  -- What a desk is sent by FTP, once each: a publication, or a photo that somebody picked. 'before': it was so already
  -- when the desk came, and goes out only when somebody says so.
  CREATE TABLE desk_sends (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    desk TEXT NOT NULL,
    event_id INTEGER NOT NULL REFERENCES events (id),
    photo_id TEXT NOT NULL REFERENCES photos (id),
    publication_id TEXT,
    subject TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('before', 'waiting', 'sent')),
    -- As it is called there, once its first byte was to go out, and what it was made from then.
    name TEXT,
    version TEXT,
    tries INTEGER NOT NULL DEFAULT 0,
    due_at INTEGER NOT NULL DEFAULT 0,
    sent_at INTEGER,
    UNIQUE (desk, subject)
  ) STRICT;
  CREATE INDEX desk_sends_by_state ON desk_sends (desk, state, due_at);
  CREATE INDEX desk_sends_by_photo ON desk_sends (photo_id, desk);
  `,
  `
  -- What is to be put on paper, and what was: a row is a wish for copies of a Photo. 'begun': on its way to the printer,
  -- to 'place' under 'name', as the 'version' of then; 'unsure': that was cut off.
  CREATE TABLE prints (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    event_id INTEGER NOT NULL REFERENCES events (id),
    photo_id TEXT NOT NULL REFERENCES photos (id),
    copies INTEGER NOT NULL CHECK (copies BETWEEN 1 AND 99),
    again INTEGER NOT NULL DEFAULT 0 CHECK (again IN (0, 1)),
    state TEXT NOT NULL CHECK (state IN ('waiting', 'begun', 'printed', 'unsure')),
    version TEXT,
    place TEXT,
    name TEXT,
    tries INTEGER NOT NULL DEFAULT 0,
    due_at INTEGER NOT NULL DEFAULT 0,
    -- When it was asked for; once it is over, when that was.
    at INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX prints_by_state ON prints (state, due_at);
  CREATE INDEX prints_by_photo ON prints (photo_id, id);
  CREATE INDEX prints_by_event ON prints (event_id, state);
  CREATE UNIQUE INDEX prints_waiting ON prints (photo_id) WHERE state = 'waiting';

  -- Prints, too, have a last word.
  CREATE TABLE last_words_with_prints (
    photo_id TEXT NOT NULL REFERENCES photos (id),
    aspect TEXT NOT NULL CHECK (aspect IN ('state', 'edit', 'rating', 'words', 'publication', 'print')),
    word TEXT NOT NULL,
    PRIMARY KEY (photo_id, aspect)
  ) STRICT, WITHOUT ROWID;
  INSERT INTO last_words_with_prints SELECT photo_id, aspect, word FROM last_words;
  DROP TABLE last_words;
  ALTER TABLE last_words_with_prints RENAME TO last_words;
  `,
  `
  -- Its file lies in the Event's spill folder, under this name, until the disk of its folder is back.
  ALTER TABLE originals ADD COLUMN spilled TEXT;
  CREATE INDEX originals_spilled ON originals (event_id, spilled) WHERE spilled IS NOT NULL;
  `,
]

/** Brings the catalog to the newest version, all or nothing.
 * @param before called with the version that it has, when it holds anything and is to be changed; nothing is changed
 * when that throws
 * @throws Refusal when a newer version of the program made it; the file is not touched */
export function migrate(
  db: Db,
  migrations: readonly string[] = MIGRATIONS,
  before: (version: number) => void = () => undefined,
): void {
  const { user_version: version } = db.prepare('PRAGMA user_version').get() as { user_version: number }
  if (version > migrations.length) throw newerCatalog(version, migrations.length)
  if (version === migrations.length) return
  if (version > 0) before(version)
  createTransaction(db)(() => {
    for (const sql of migrations.slice(version)) db.exec(sql)
    db.exec(`PRAGMA user_version = ${migrations.length}`)
  })
}

export const newerCatalog = (version: number, known: number) =>
  new Refusal(
    409,
    'newer_catalog',
    `The catalog was made by a newer version of this program (catalog version ${version}, this program knows ${known}). Start the newer program; nothing was changed.`,
  )
