;; The two inner loops that every print goes through, 16 bytes at a time. `npm run kernel` makes kernel.wasm of it.
;; Pictures are RGB, 3 bytes a pixel; reads and writes may run up to 16 bytes past a picture's end.
(module
  (import "darkroom" "memory" (memory 1))

  ;; One row of a warped picture; see warp.ts, which says the same in plain loops.
  ;; x, y: where its first pixel lies in the old picture, in 1/65536 pixel; stepX, stepY: from one pixel to the next
  ;; weights: 256 sets of four 16-bit weights; tables: three times 256 bytes; spare: 64 bytes
  (func (export "row")
    (param $from i32) (param $w i32) (param $h i32) (param $to i32) (param $count i32)
    (param $x i32) (param $y i32) (param $stepX i32) (param $stepY i32)
    (param $weights i32) (param $tables i32) (param $spare i32)
    (local $end i32) (local $row i32) (local $at i32) (local $stride i32) (local $column i32) (local $line i32)
    (local $across i32) (local $down i32) (local $left v128) (local $right v128) (local $share v128) (local $sum v128)
    (local.set $row (i32.mul (local.get $w) (i32.const 3)))
    (local.set $end (i32.add (local.get $to) (i32.mul (local.get $count) (i32.const 3))))
    (block $done
      (loop $pixel
        (br_if $done (i32.ge_u (local.get $to) (local.get $end)))
        (local.set $column (i32.sub (i32.shr_s (local.get $x) (i32.const 16)) (i32.const 1)))
        (local.set $line (i32.sub (i32.shr_s (local.get $y) (i32.const 16)) (i32.const 1)))
        (if (i32.and
              (i32.lt_u (local.get $column) (i32.sub (local.get $w) (i32.const 3)))
              (i32.lt_u (local.get $line) (i32.sub (local.get $h) (i32.const 3))))
          (then
            (local.set $at (i32.add (local.get $from)
              (i32.add (i32.mul (local.get $line) (local.get $row)) (i32.mul (local.get $column) (i32.const 3)))))
            (local.set $stride (local.get $row)))
          (else
            (call $gather (local.get $from) (local.get $w) (local.get $h) (local.get $column) (local.get $line)
              (local.get $spare))
            (local.set $at (local.get $spare))
            (local.set $stride (i32.const 16))))
        (local.set $across (i32.add (local.get $weights)
          (i32.shl (i32.and (i32.shr_u (local.get $x) (i32.const 8)) (i32.const 255)) (i32.const 3))))
        (local.set $down (i32.add (local.get $weights)
          (i32.shl (i32.and (i32.shr_u (local.get $y) (i32.const 8)) (i32.const 255)) (i32.const 3))))
        (local.set $left (v128.load32_splat (local.get $across)))
        (local.set $right (v128.load32_splat offset=4 (local.get $across)))
        (local.set $share (i32x4.extend_low_i16x8_s (v128.load64_zero (local.get $down))))
        (local.set $sum (i32x4.splat (i32.const 32768)))
        (local.set $sum (i32x4.add (local.get $sum) (i32x4.mul
          (i8x16.shuffle 0 1 2 3 0 1 2 3 0 1 2 3 0 1 2 3
            (local.get $share) (local.get $share))
          (call $across (v128.load (local.get $at)) (local.get $left) (local.get $right)))))
        (local.set $at (i32.add (local.get $at) (local.get $stride)))
        (local.set $sum (i32x4.add (local.get $sum) (i32x4.mul
          (i8x16.shuffle 4 5 6 7 4 5 6 7 4 5 6 7 4 5 6 7
            (local.get $share) (local.get $share))
          (call $across (v128.load (local.get $at)) (local.get $left) (local.get $right)))))
        (local.set $at (i32.add (local.get $at) (local.get $stride)))
        (local.set $sum (i32x4.add (local.get $sum) (i32x4.mul
          (i8x16.shuffle 8 9 10 11 8 9 10 11 8 9 10 11 8 9 10 11
            (local.get $share) (local.get $share))
          (call $across (v128.load (local.get $at)) (local.get $left) (local.get $right)))))
        (local.set $at (i32.add (local.get $at) (local.get $stride)))
        (local.set $sum (i32x4.add (local.get $sum) (i32x4.mul
          (i8x16.shuffle 12 13 14 15 12 13 14 15 12 13 14 15 12 13 14 15
            (local.get $share) (local.get $share))
          (call $across (v128.load (local.get $at)) (local.get $left) (local.get $right)))))

        (local.set $sum (i32x4.shr_s (local.get $sum) (i32.const 16)))
        (local.set $sum (i16x8.narrow_i32x4_s (local.get $sum) (local.get $sum)))
        (local.set $sum (i8x16.narrow_i16x8_u (local.get $sum) (local.get $sum)))
        (i32.store8 (local.get $to)
          (i32.load8_u (i32.add (local.get $tables) (i8x16.extract_lane_u 0 (local.get $sum)))))
        (i32.store8 offset=1 (local.get $to)
          (i32.load8_u offset=256 (i32.add (local.get $tables) (i8x16.extract_lane_u 1 (local.get $sum)))))
        (i32.store8 offset=2 (local.get $to)
          (i32.load8_u offset=512 (i32.add (local.get $tables) (i8x16.extract_lane_u 2 (local.get $sum)))))
        (local.set $to (i32.add (local.get $to) (i32.const 3)))
        (local.set $x (i32.add (local.get $x) (local.get $stepX)))
        (local.set $y (i32.add (local.get $y) (local.get $stepY)))
        (br $pixel))))

  ;; Four pixels of a line, weighed: red, green, blue and nothing. Bytes of the swizzle that lie beyond 127 give zero.
  (func $across (param $four v128) (param $left v128) (param $right v128) (result v128)
    (i32x4.add
      (i32x4.dot_i16x8_s (local.get $left) (i8x16.swizzle (local.get $four)
        (v128.const i8x16 0 128 3 128 1 128 4 128 2 128 5 128 128 128 128 128)))
      (i32x4.dot_i16x8_s (local.get $right) (i8x16.swizzle (local.get $four)
        (v128.const i8x16 6 128 9 128 7 128 10 128 8 128 11 128 128 128 128 128)))))

  ;; Four times four pixels around a place near or beyond the edge, where the outermost pixel goes on.
  (func $gather
    (param $from i32) (param $w i32) (param $h i32) (param $column i32) (param $line i32) (param $to i32)
    (local $i i32) (local $at i32)
    (loop $next
      (local.set $at (i32.add (local.get $from) (i32.mul (i32.const 3) (i32.add
        (i32.mul (local.get $w) (call $clamp
          (i32.add (local.get $line) (i32.shr_u (local.get $i) (i32.const 2))) (local.get $h)))
        (call $clamp (i32.add (local.get $column) (i32.and (local.get $i) (i32.const 3))) (local.get $w))))))
      (i32.store16 (local.get $to) (i32.load16_u (local.get $at)))
      (i32.store8 offset=2 (local.get $to) (i32.load8_u offset=2 (local.get $at)))
      (local.set $i (i32.add (local.get $i) (i32.const 1)))
      ;; 12 bytes a line, then on to the next 16.
      (local.set $to (i32.add (local.get $to)
        (select (i32.const 3) (i32.const 7) (i32.and (local.get $i) (i32.const 3)))))
      (br_if $next (i32.lt_u (local.get $i) (i32.const 16)))))

  (func $clamp (param $value i32) (param $count i32) (result i32)
    (if (i32.lt_s (local.get $value) (i32.const 0)) (then (return (i32.const 0))))
    (select (local.get $value) (i32.sub (local.get $count) (i32.const 1))
      (i32.lt_s (local.get $value) (local.get $count))))

  ;; (a + c) * 61/256 + b * 134/256 for 8 values of 16 bits: one direction of a blur of 0.8 pixel.
  (func $blur (param $a v128) (param $b v128) (param $c v128) (result v128)
    (i16x8.shr_u
      (i16x8.add
        (i16x8.add
          (i16x8.mul (i16x8.add (local.get $a) (local.get $c)) (i16x8.splat (i32.const 61)))
          (i16x8.mul (local.get $b) (i16x8.splat (i32.const 134))))
        (i16x8.splat (i32.const 128)))
      (i32.const 8)))

  ;; value + share/256 of what the blur took from it
  (func $crisp (param $value v128) (param $blurred v128) (param $share v128) (result v128)
    (i16x8.add (local.get $value)
      (i16x8.shr_s
        (i16x8.add
          (i16x8.mul (i16x8.sub (local.get $value) (local.get $blurred)) (local.get $share))
          (i16x8.splat (i32.const 128)))
        (i32.const 8))))

  ;; Unsharp mask of a picture into another place. share: at most 128
  ;; spare: a row of bytes and 64 more
  (func (export "sharpen")
    (param $from i32) (param $to i32) (param $w i32) (param $h i32) (param $share i32) (param $spare i32)
    (local $row i32) (local $y i32) (local $k i32) (local $up i32) (local $mid i32) (local $down i32)
    (local $a v128) (local $b v128) (local $c v128) (local $v v128) (local $amount v128)
    (local.set $row (i32.mul (local.get $w) (i32.const 3)))
    (local.set $amount (i16x8.splat (local.get $share)))
    (loop $line
      (local.set $mid (i32.add (local.get $from) (i32.mul (local.get $y) (local.get $row))))
      (local.set $up (select (i32.sub (local.get $mid) (local.get $row)) (local.get $mid) (local.get $y)))
      (local.set $down (select (i32.add (local.get $mid) (local.get $row)) (local.get $mid)
        (i32.lt_u (i32.add (local.get $y) (i32.const 1)) (local.get $h))))
      (local.set $k (i32.const 0))
      (loop $vertical
        (local.set $a (v128.load (i32.add (local.get $up) (local.get $k))))
        (local.set $b (v128.load (i32.add (local.get $mid) (local.get $k))))
        (local.set $c (v128.load (i32.add (local.get $down) (local.get $k))))
        (v128.store offset=3 (i32.add (local.get $spare) (local.get $k)) (i8x16.narrow_i16x8_u
          (call $blur (i16x8.extend_low_i8x16_u (local.get $a)) (i16x8.extend_low_i8x16_u (local.get $b))
            (i16x8.extend_low_i8x16_u (local.get $c)))
          (call $blur (i16x8.extend_high_i8x16_u (local.get $a)) (i16x8.extend_high_i8x16_u (local.get $b))
            (i16x8.extend_high_i8x16_u (local.get $c)))))
        (br_if $vertical (i32.lt_u (local.tee $k (i32.add (local.get $k) (i32.const 16))) (local.get $row))))
      ;; The outermost pixels go on beyond the edge.
      (i32.store16 (local.get $spare) (i32.load16_u offset=3 (local.get $spare)))
      (i32.store8 offset=2 (local.get $spare) (i32.load8_u offset=5 (local.get $spare)))
      (i32.store16 offset=3 (i32.add (local.get $spare) (local.get $row))
        (i32.load16_u (i32.add (local.get $spare) (local.get $row))))
      (i32.store8 offset=5 (i32.add (local.get $spare) (local.get $row))
        (i32.load8_u offset=2 (i32.add (local.get $spare) (local.get $row))))
      (local.set $k (i32.const 0))
      (loop $across
        (local.set $a (v128.load (i32.add (local.get $spare) (local.get $k))))
        (local.set $b (v128.load offset=3 (i32.add (local.get $spare) (local.get $k))))
        (local.set $c (v128.load offset=6 (i32.add (local.get $spare) (local.get $k))))
        (local.set $v (v128.load (i32.add (local.get $mid) (local.get $k))))
        (v128.store (i32.add (local.get $to) (local.get $k)) (i8x16.narrow_i16x8_u
          (call $crisp (i16x8.extend_low_i8x16_u (local.get $v))
            (call $blur (i16x8.extend_low_i8x16_u (local.get $a)) (i16x8.extend_low_i8x16_u (local.get $b))
              (i16x8.extend_low_i8x16_u (local.get $c)))
            (local.get $amount))
          (call $crisp (i16x8.extend_high_i8x16_u (local.get $v))
            (call $blur (i16x8.extend_high_i8x16_u (local.get $a)) (i16x8.extend_high_i8x16_u (local.get $b))
              (i16x8.extend_high_i8x16_u (local.get $c)))
            (local.get $amount))))
        (br_if $across (i32.lt_u (local.tee $k (i32.add (local.get $k) (i32.const 16))) (local.get $row))))
      (local.set $to (i32.add (local.get $to) (local.get $row)))
      (br_if $line (i32.lt_u (local.tee $y (i32.add (local.get $y) (i32.const 1))) (local.get $h)))))

  ;; a + (b - a) * share for 8 values of 16 bits; share in 1/32768, in every lane.
  (func $between (param $a v128) (param $b v128) (param $share v128) (result v128)
    (i16x8.add (local.get $a)
      (i16x8.q15mulr_sat_s (i16x8.sub (local.get $b) (local.get $a)) (local.get $share))))

  ;; Looks colours up in a LUT, in place; see contract/recipe/lut.ts, which says the same in plain loops.
  ;; points: 16-bit red, green, blue, 0; starts, shares: three times 256 32-bit numbers each; down, deep: bytes from a
  ;; point to the next one along green and along blue. A point and the next one along red are one load.
  (func (export "lut")
    (param $at i32) (param $end i32) (param $points i32) (param $starts i32) (param $shares i32)
    (param $down i32) (param $deep i32)
    (local $r i32) (local $g i32) (local $b i32) (local $p i32) (local $q i32) (local $along v128)
    (local $both v128)
    (block $done
      (loop $pixel
        (br_if $done (i32.ge_u (local.get $at) (local.get $end)))
        (local.set $r (i32.shl (i32.load8_u (local.get $at)) (i32.const 2)))
        (local.set $g (i32.shl (i32.load8_u offset=1 (local.get $at)) (i32.const 2)))
        (local.set $b (i32.shl (i32.load8_u offset=2 (local.get $at)) (i32.const 2)))
        (local.set $p (i32.add (local.get $points)
          (i32.shl
            (i32.add (i32.load (i32.add (local.get $starts) (local.get $r)))
              (i32.add (i32.load offset=1024 (i32.add (local.get $starts) (local.get $g)))
                (i32.load offset=2048 (i32.add (local.get $starts) (local.get $b)))))
            (i32.const 1))))
        (local.set $q (i32.add (local.get $p) (local.get $deep)))
        (local.set $along
          (i16x8.splat (i32.load offset=1024 (i32.add (local.get $shares) (local.get $g)))))
        (local.set $both
          (call $between
            (call $between (v128.load (local.get $p))
              (v128.load (i32.add (local.get $p) (local.get $down))) (local.get $along))
            (call $between (v128.load (local.get $q))
              (v128.load (i32.add (local.get $q) (local.get $down))) (local.get $along))
            (i16x8.splat (i32.load offset=2048 (i32.add (local.get $shares) (local.get $b))))))
        (local.set $both
          (i16x8.shr_s
            (i16x8.add
              (call $between (local.get $both)
                (i8x16.shuffle 8 9 10 11 12 13 14 15 8 9 10 11 12 13 14 15 (local.get $both) (local.get $both))
                (i16x8.splat (i32.load (i32.add (local.get $shares) (local.get $r)))))
              (i16x8.splat (i32.const 32)))
            (i32.const 6)))
        (i32.store8 (local.get $at) (i16x8.extract_lane_s 0 (local.get $both)))
        (i32.store8 offset=1 (local.get $at) (i16x8.extract_lane_s 1 (local.get $both)))
        (i32.store8 offset=2 (local.get $at) (i16x8.extract_lane_s 2 (local.get $both)))
        (local.set $at (i32.add (local.get $at) (i32.const 3)))
        (br $pixel)))))
