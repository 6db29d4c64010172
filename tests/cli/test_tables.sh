# SPDX-License-Identifier: Apache-2.0
# Tables of the payer's own: --table NAME=FILE, again for more.
. "$(dirname "$0")/assert.sh"

narrow_file >claims.csv
npi=$(tail -n +2 claims.csv | head -n 1 | tr , '\n' | grep -E '^[12][0-9]{9}$' | head -n 1)

exits "no table" 0 scan claims.csv
before=$(grep -c "^$npi," run/providers.csv)
equal "its provider is there" 1 "$before"

{ "$program" rules template placeholders; echo "$npi"; } >placeholders.csv
exits "a placeholder more" 0 scan --table placeholders=placeholders.csv claims.csv
equal "it keys no provider" 0 "$(grep -c "^$npi," run/providers.csv)"
equal "the manifest tells of the table" 1 "$(grep -c '"table placeholders"' run/manifest.json)"

printf 'table = placeholders=placeholders.csv\n' >settings
exits "by a settings file" 0 scan --settings settings claims.csv
equal "by a settings file: it keys no provider" 0 "$(grep -c "^$npi," run/providers.csv)"

"$program" rules template panels >panels.csv
exits "two tables" 0 scan --table placeholders=placeholders.csv --table=panels=panels.csv claims.csv
exits "one table twice" 64 scan --table panels=panels.csv --table panels=panels.csv claims.csv
exits "no such table" 64 scan --table panel=panels.csv claims.csv
says "no such table: names them" pos_allowed
exits "no such file" 66 scan --table panels=nowhere.csv claims.csv
exits "a directory" 66 scan --table panels=. claims.csv
printf 'panel,component\nA,B\nA\n' >bad.csv
exits "a table that does not parse" 78 scan --table panels=bad.csv claims.csv
says "a table that does not parse: file and line" bad.csv:3
