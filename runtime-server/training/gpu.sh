#!/bin/sh
# The whole pack on one large GPU in half an hour, in three steps of at most ten minutes each; every step can be
# run again and goes on from its checkpoints.
#
#     sh gpu.sh STEP OBJECTS CACHE RUNS [MINUTES] [OUT]        (STEP 1, 2 or 3; CACHE best in memory: /dev/shm/scenes)
#
# IMAGENET names the weights that encoders start from (README.md).
#
#   1  fields, and the first scenes; segment, depth and autoencoder together
#   2  de-occlusion, shape and recognition together
#   3  pose, with segment and depth going on beside it
#
# OUT, if given, receives the averaged weights of every model trained so far as float16, and the logs and curves.
set -e
cd "$(dirname "$0")"
step=$1 objects=$2 cache=$3 runs=$4 minutes=${5:-8} out=$6
python=${PYTHON:-python3}
export OMP_NUM_THREADS=2
mkdir -p "$cache" "$runs"

train() { # MODEL MINUTES: all that it has had so far included
  $python train.py --config gpu --objects "$objects" --cache "$cache" --runs "$runs" --set workers=0 --model "$1" --minutes "$2" \
    ${IMAGENET:+--imagenet "$IMAGENET"} > "$runs/$1.out" 2>&1 || { tail -20 "$runs/$1.out"; return 1; }
  tail -2 "$runs/$1.out"
}

# Validation scenes and fields are made once, then training scenes for as long as this step runs.
$python train.py --config gpu --objects "$objects" --cache "$cache" --runs "$runs" --prepare
$python -m data.ring --objects "$objects" --out "$cache/train" --capacity 30000 --px 256 --crop 128 --workers 14 > "$runs/ring.out" 2>&1 &
ring=$!
trap 'kill $ring 2>/dev/null || true' EXIT

case $step in
  1) train segment "$minutes" & a=$!; train depth "$minutes" & b=$!; train autoencoder "$(expr "$minutes" / 2 + 1)" & c=$! ;;
  2) train deocclude "$minutes" & a=$!; train shape "$minutes" & b=$!; train recognise "$minutes" & c=$! ;;
  3) train pose "$minutes" & a=$!; train segment "$(expr 2 \* "$minutes")" & b=$!; train depth "$(expr 2 \* "$minutes")" & c=$! ;;
  *) echo "STEP is 1, 2 or 3, not '$step'" >&2; exit 2 ;;
esac
wait $a; wait $b; wait $c
tail -1 "$runs/ring.out"
[ -z "$out" ] || $python train.py --runs "$runs" --objects "$objects" --cache "$cache" --collect "$out"
