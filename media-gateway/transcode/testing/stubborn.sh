#!/bin/sh
# Stands for an ffmpeg that hangs.
trap '' TERM
echo ready >&2
while :; do sleep 0.1; done
