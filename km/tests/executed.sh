#!/bin/sh
# Prints what part of each file's lines was executed, the least first.
# Usage: executed.sh FOLDER, where the compiler and the programs have left their notes
set -eu
gcov --no-output --relative-only "$1"/*.gcda 2>/dev/null | awk -F "'" '
    /^File / { file = $2 }
    /^Lines executed/ && file != "" {
        split($0, part, /[:% ]+/)
        printf "%6.1f %% of %4d lines  %s\n", part[3], part[5], file
        done += part[3] * part[5] / 100
        all += part[5]
        file = ""
    }
    END { printf "%6.1f %% of %4d lines  all\n", done * 100 / all, all }' | sort -n
