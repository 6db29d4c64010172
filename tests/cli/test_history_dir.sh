# SPDX-License-Identifier: Apache-2.0
# --history: months scanned one by one beside the tail of those before find what
# one run over all of them finds, for the new lines; and the tail is whole or is
# refused, whatever happens to a run.
. "$(dirname "$0")/assert.sh"

# month NAME OPTION...: a scan into NAME, quietly, with all findings.
month() {
	month_name=$1
	shift
	"$program" scan -q --no-timing --findings all --report csv,json -o "$month_name" "$@" \
		2>stderr </dev/null || not_ok "scan $month_name" "$(tail -n 3 stderr)"
}

# of_lines CLAIMS RUN: the findings of a run that are of a file's lines, or of its claims.
of_lines() {
	awk -F, 'FNR == NR { line[$1 "," $2] = claim[$1] = 1; next }
		FNR > 1 && ($5 == "" ? $4 in claim : $4 "," $5 in line)' "$1" "$2/findings.csv" | LC_ALL=C sort
}

# others CLAIMS RUN: the rules of all its other findings.
others() {
	awk -F, 'FNR == NR { line[$1 "," $2] = claim[$1] = 1; next }
		FNR > 1 && !($5 == "" ? $4 in claim : $4 "," $5 in line) { print $1 }' "$1" "$2/findings.csv" | sort -u
}

# number FILE KEY: of the tail's object in a run's JSON.
number() {
	tr -d '\n' <"$1" | grep -oE "\"$2\": *[0-9]+" | head -n 1 | grep -oE '[0-9]+$'
}

files="providers.csv provider_rules.csv provider_codes.csv provider_counts.csv findings.csv rules.csv quality.json"

# ---- A year in months ----

"$program" gen --lines 24000 --providers 200 --members 1500 --months 6 --schemes all --columns full \
	--seed 11 -o year >/dev/null || not_ok "gen"
awk -F, 'NR == 1 { head = $0; for (i = 1; i <= NF; i++) if ($i == "received_date") at = i; next }
	{ month = substr($at, 1, 7); part = month < "2024-09" ? 1 : month < "2024-11" ? 2 : month < "2024-12" ? 3 : 4
	  if (!(part in met)) print head >("part" part ".csv")
	  met[part] = 1; print >("part" part ".csv") }' year/claims.csv
side="--members year/members.csv --providers year/providers.csv"
all=
for part in 1 2 3 4; do
	all="$all part$part.csv"
	[ ! -d tail ] || cp -r tail "tail-before-$part"
	# shellcheck disable=SC2086 # lists of options and files
	month "by-month-$part" $side --history tail "part$part.csv"
	# shellcheck disable=SC2086
	month "whole-$part" $side $all
	# shellcheck disable=SC2086
	month "alone-$part" $side "part$part.csv"
	of_lines "part$part.csv" "whole-$part" >expected
	of_lines "part$part.csv" "by-month-$part" >got
	equal "part $part: the findings of its lines are those of one run" "" "$(diff expected got | head -n 5)"
	same "part $part: lines are counted once" "alone-$part" "by-month-$part" provider_codes.csv provider_counts.csv
	equal "part $part: records" "$(number "alone-$part/quality.json" records)" "$(number "by-month-$part/quality.json" records)"
	equal "part $part: claims" "$(number "alone-$part/quality.json" claims)" "$(number "by-month-$part/quality.json" claims)"
	equal "part $part: used" "$(($(wc -l <"part$part.csv") - 1))" "$(number "by-month-$part/quality.json" used)"
done
equal "there is something to compare" yes "$([ "$(wc -l <got)" -ge 50 ] && echo yes)"
of_lines part4.csv alone-4 >alone
equal "and some of it is across months" yes "$(diff alone got | grep -q '^>' && echo yes)"
for part in 2 3 4; do
	equal "part $part: what is told of earlier lines is told of a provider's day" "" \
		"$(others "part$part.csv" "by-month-$part" | grep -vE '^(TIM-01|SPC-05)$')"
done
equal "a tail is read whole" "$(($(cat part1.csv part2.csv part3.csv | wc -l) - 3))" \
	"$(tr -d '\n' <by-month-4/quality.json | grep -oE '"tail": \{"lines": [0-9]+' | grep -oE '[0-9]+$')"
equal "nothing is older" 1 "$(grep -c '"older_than_tail": 0' by-month-4/quality.json)"
equal "the run tells its tail among its inputs" 3 "$(grep -c '"tail": true' by-month-4/manifest.json)"
equal "the first run has none" 0 "$(grep -c '"tail": true' by-month-1/manifest.json)"
equal "... and says so" 1 "$(grep -c '"used": null' by-month-1/manifest.json)"
equal "the tail's modes" "700 600 600 600 600 600" "$(stat -c %a tail tail/* | tr '\n' ' ' | sed 's/ $//')"
equal "a tail is a pack a run, and its manifest" "tail-HASH.clm tail-HASH.clm tail-HASH.clm tail-HASH.clm tail.json" \
	"$(ls tail | sed 's/-[0-9a-f]\{16\}/-HASH/' | tr '\n' ' ' | sed 's/ $//')"

# The packs of a tail, which are named by what they say.
packs() {
	(cd "$1" && cksum tail-*.clm)
}

# again NAME OPTION...: the third part once more, from the tail that was before it.
again() {
	again_name=$1
	shift
	rm -rf tail-again again
	cp -r tail-before-3 tail-again
	# shellcheck disable=SC2086
	month again $side --history tail-again "$@"
	# shellcheck disable=SC2086
	same "$again_name: the same bytes" by-month-3 again $files
}
again "one thread" -j1 part3.csv
equal "one thread: the same tail" "$(packs tail-before-4)" "$(packs tail-again)"
again "seven threads, pread" -j7 --io pread part3.csv
equal "seven threads: the same tail" "$(packs tail-before-4)" "$(packs tail-again)"
again "little memory" -j2 --memory 57M part3.csv
equal "little memory: the same tail" "$(packs tail-before-4)" "$(packs tail-again)"
again "the scalar level, mmap" --cpu scalar --io mmap part3.csv
"$program" convert -q part3.csv -o part3.clm || not_ok "convert"
again "from a pack" part3.clm
rm -rf tail-again again
cp -r tail-before-3 tail-again
# shellcheck disable=SC2086
"$program" scan -q --no-timing --findings all --report csv,json -o again $side --history tail-again - <part3.csv 2>stderr ||
	not_ok "from a stream" "$(tail -n 3 stderr)"
# shellcheck disable=SC2086
same "from a stream: the same bytes" by-month-3 again $files
rm -rf tail-again again
cp -r tail-before-3 tail-again
month again --rules none --history tail-again part3.csv
equal "without rules: the same tail" "$(packs tail-before-4)" "$(packs tail-again)"

# ---- Lines of our own ----

header=claim_id,claim_line_number,claim_type,person_id,claim_start_date,claim_end_date,bill_type_code,place_of_service_code,discharge_disposition_code,service_unit_quantity,hcpcs_code,rendering_npi,billing_tin,specialty_code,paid_date,paid_amount,charge_amount,claim_frequency_code,original_claim_id
# line FILE CLAIM PERSON DAY CODE PAID-DAY [FREQUENCY [ORIGINAL]]
line() {
	[ -f "$1" ] || echo "$header" >"$1"
	printf '%s,1,professional,%s,%s,%s,,11,,1,%s,1234567893,123456789,11,%s,80.00,150.00,%s,%s\n' \
		"$2" "$3" "$4" "$4" "$5" "$6" "${7:-1}" "$8" >>"$1"
}
# found RUN RULE: its claims.
found() {
	awk -F, -v rule="$2" '$1 == rule { print $4 }' "$1/findings.csv" | sort | tr '\n' ' ' | sed 's/ $//'
}
adjusted() {
	tr -d '\n' <"$1/quality.json" | grep -oE '"adjustments": \{[^}]*\}' | grep -oE '[0-9]+' | tr '\n' ' ' | sed 's/ $//'
}

line jan.csv A1 P1 2024-01-10 99213 2024-01-20
line jan.csv B1 P2 2024-01-11 99213 2024-01-20
line feb.csv A8 P1 2024-01-10 99213 2024-02-20 8 A1
line mar.csv A2 P1 2024-01-10 99213 2024-03-20
line mar.csv B2 P2 2024-01-11 99213 2024-03-20
month voids-1 --history voids jan.csv
month voids-2 --history voids feb.csv
month voids-3 --history voids mar.csv
equal "a void finds its claim of the month before" "1 0 0" "$(adjusted voids-2)"
equal "it is not counted again" "0 0 0" "$(adjusted voids-3)"
equal "what was voided is no original; what was not is" B2 "$(found voids-3 DUP-01)"

# Meetings stay for three years and a year of lateness, beyond any window.
line met1.csv M0 P3 2020-06-02 99213 2020-06-09
line met1.csv M1 P3 2021-06-02 99213 2021-06-09
line met1.csv M2 P4 2021-06-02 99213 2021-06-09
line met2.csv N0 P9 2024-05-30 99213 2024-05-31
line met3.csv N1 P3 2024-06-01 99203 2024-06-03
line met3.csv N2 P4 2024-06-03 99203 2024-06-03
line met3.csv N3 P9 2024-04-01 99213 2024-06-03
month met-1 --history met --history-days 30 met1.csv
month met-2 --history met --history-days 30 --as-of 2024-05-30 met2.csv
month met-3 --history met --history-days 30 met3.csv
equal "a new patient met within three years" N1 "$(found met-3 EM-05)"
equal "what is before the window, and no meeting of these years, is gone" 3 \
	"$(tr -d '\n' <met-2/manifest.json | grep -oE '"written": \{[^}]*' | grep -oE '"lines": [0-9]+' | grep -oE '[0-9]+')"
equal "a line from before the window is told" '"older_than_tail": 1' "$(grep -o '"older_than_tail": [0-9]*' met-3/quality.json)"
rm -rf met-4
line met4.csv N4 P9 2024-04-02 99213 2024-06-04
"$program" scan --no-timing --history met -o met-4 met4.csv 2>stderr </dev/null
says "... and in the summary" "older than the tail: 1 line,"
says "the summary names the tail" "tail of earlier months: "

# A patient who has not left stays, whatever the window.
echo "$header" >stay1.csv
echo 'S1,1,institutional,P5,2022-01-05,2022-01-31,112,,30,1,,,,,2022-02-09,500.00,900.00,2,' >>stay1.csv
echo 'S2,1,institutional,P6,2022-01-05,2022-01-31,111,,01,1,,,,,2022-02-09,500.00,900.00,1,' >>stay1.csv
line stay2.csv T1 P7 2024-06-01 99213 2024-06-03
month stay-1 --history stay --history-days 30 stay1.csv
month stay-2 --history stay --history-days 30 --as-of 2024-06-01 stay2.csv
equal "a pack before the window is joined to the run's" 2 "$(ls stay | wc -l)"
equal "an open stay is kept, one that ended is not" 2 \
	"$(tr -d '\n' <stay-2/manifest.json | grep -oE '"written": \{[^}]*' | grep -oE '"lines": [0-9]+' | grep -oE '[0-9]+')"

# One date of another century does not empty the tail; --as-of is its own end.
line typo.csv U1 P8 2205-01-01 99213 2024-02-01
cp -r voids typo
month typo-1 --history typo typo.csv
equal "a day to come is no edge" 1 "$(grep -c '^  "edge": "2024-03-20"' typo/tail.json)"
rm -rf typo
cp -r voids typo
rm -rf typo-1
month typo-1 --as-of 2024-02-15 --history typo typo.csv
equal "--as-of is the edge" 1 "$(grep -c '^  "edge": "2024-02-15"' typo/tail.json)"
equal "... and no last date is behind it" 0 "$(grep -c '"last_.*"\(2205\|2024-03\)' typo/tail.json)"

# A wrong day that is paid too would: it is refused, until --as-of says where the window ends.
cp -r voids leap
cp -r voids before-leap
line next.csv A4 P1 2024-01-10 99213 2024-04-20
line next.csv B4 P2 2024-01-11 99213 2024-04-20
line leap.csv C1 P2 2024-02-11 99213 2024-02-20
line leap.csv C2 P1 2024-02-12 99213 2024-02-20
line leap.csv U2 P8 2205-01-01 99213 2205-01-01
exits "65: the window leaps" 65 "$program" scan -q -o leap-1 --history leap leap.csv
says "65: the window leaps: says what of" "would end on 2205-01-01, and 7 of 8 lines would be dropped"
says "65: the window leaps: says what to do" "--as-of DATE"
same "... and the tail is as it was" before-leap leap
equal "... and no run is left" "" "$(find . -maxdepth 1 -name '*leap-1*')"
month leap-1 --history leap --as-of 2024-03-20 leap.csv
equal "... --as-of: nothing is lost" 8 \
	"$(tr -d '\n' <leap-1/manifest.json | grep -oE '"written": \{[^}]*' | grep -oE '"lines": [0-9]+' | grep -oE '[0-9]+$')"
month leap-2 --history leap next.csv
equal "... and the month after it has a sane edge" 1 "$(grep -c '^  "edge": "2024-03-20"' leap/tail.json)"
exits "65: the window leaps, the first month" 65 "$program" scan -q -o leap-3 --history leap-first leap.csv
says "65: the window leaps, the first month: says so" "2 of 3 lines would be dropped"
equal "... and makes no tail" "" "$(find . -maxdepth 1 -name 'leap-first*')"

# ---- Given again ----

cp -r voids kept
exits "65: a month again" 65 "$program" scan -q -o twice --history voids mar.csv
says "65: a month again: says which file, and as what it came" "mar.csv: its lines are in the tail already (--history voids has them from mar.csv)"
cp mar.csv renamed.csv
exits "65: under another name" 65 "$program" scan -q -o twice --history voids met4.csv renamed.csv
says "65: under another name: named" "renamed.csv: its lines"
same "... and the tail is as it was" kept voids
equal "... and no run is left" "" "$(find . -maxdepth 1 -name '*twice*')"
printf '%s\n' "$header" >turned.csv
tac mar.csv | grep -v claim_id >>turned.csv
exits "65: the same lines in another order" 65 "$program" scan -q -o twice --history voids turned.csv
says "65: the same lines in another order: says so" "are in the tail already"
same "... and the tail is as it was before" kept voids
# Packs that are joined, and lines that are gone, are not forgotten.
line young.csv Y1 P7 2024-06-01 99213 2024-06-03
cp -r voids aged
month aged-1 --history aged --history-days 30 --as-of 2029-06-01 young.csv
cp -r aged aged-before
exits "65: a month of which no line is left" 65 "$program" scan -q -o twice --history aged --as-of 2029-06-01 renamed.csv
says "65: a month of which no line is left: named" "has them from mar.csv"
exits "65: ... turned" 65 "$program" scan -q -o twice --history aged --as-of 2029-06-01 turned.csv
says "65: ... turned: named" "all lines of the inputs are in the tail already, .* from mar.csv"
same "... and the tail stands" aged-before aged
echo "$header" >nothing.csv
month nothing-1 --history voids nothing.csv
rm -rf nothing-1
month nothing-1 --history voids nothing.csv
equal "a file without a record may come again" 3 "$(number nothing-1/manifest.json files)"
exits "a pack without a line" 0 "$program" convert -q nothing.csv -o nothing.clm
for again in 1 2; do
	rm -rf nothing-2
	month nothing-2 --history voids nothing.clm
done
equal "... may come again too" 3 "$(number nothing-2/manifest.json files)"

# ---- Tails that are not what they were ----

# damaged NAME: the tail in broken/ is refused, and left as it is.
damaged() {
	cp -r broken broken-before
	exits "65: $1" 65 "$program" scan -q -o never --history broken met4.csv
	says "65: $1: says what to do" "scanning the months again"
	same "65: $1: nothing is changed" broken-before broken
	equal "65: $1: no run" "" "$(find . -maxdepth 1 -name '*never*')"
	rm -rf broken broken-before
	cp -r kept broken
}
# flip FILE OFFSET
flip() {
	byte=$(od -An -tu1 -j "$2" -N1 "$1" | tr -d ' ')
	printf "\\$(printf %o $((byte ^ 1)))" | dd of="$1" bs=1 seek="$2" conv=notrunc 2>/dev/null
}
cp -r kept broken
flip broken/tail.json 100
damaged "a byte of the manifest"
: >broken/tail.json
damaged "an empty manifest"
echo '{"program": "other"}' >broken/tail.json
damaged "the manifest of something else"
sed -i 's/"tail": 1,/"tail": 9,/' broken/tail.json
damaged "a tail of another version"
pack=$(ls kept/*.clm | head -n 1)
pack=broken/${pack##*/}
size=$(stat -c %s "$pack")
for at in 0 9 40 250; do
	flip "$pack" $at
	damaged "byte $at of the pack, its header"
done
flip "$pack" $((size - 5))
damaged "a byte of the pack's directory"
truncate -s -1 "$pack"
damaged "a pack cut short"
cat part3.clm >"$pack"
damaged "another pack in its place"
# A chunk is proved when it is read.
flip "$pack" 300
exits "65: a byte of a chunk" 65 "$program" scan -q -o never --history broken met4.csv
says "65: a byte of a chunk: says where" "broken/tail-"
says "65: a byte of a chunk: says what to do" "begin a tail anew"
equal "65: a byte of a chunk: no run" "" "$(find . -maxdepth 1 -name '*never*')"
rm -rf broken
cp -r kept broken
rm "$pack"
exits "66: no pack" 66 "$program" scan -q -o never --history broken met4.csv
says "66: no pack: named" "tail.json names"
says "66: no pack: says what to do" "begin a tail anew"
rm -rf broken
if [ "$(id -u)" = 0 ]; then
	skip "66: a tail that may not be read: root reads all"
else
	cp -r kept broken
	chmod 000 broken/tail.json
	exits "66: a manifest that may not be read" 66 "$program" scan -q -o never --history broken met4.csv
	chmod 500 broken
	exits "73: a directory that may not be written to" 73 "$program" scan -q -o never --history broken met4.csv
	chmod 700 broken
	rm -rf broken
fi

# ---- Runs that end early ----

cp -r kept cut
# What a killed run may have left is gone with the next.
: >cut/next.clm.abcdef
: >cut/next.clm
: >cut/tail.json.next
: >cut/tail-0123456789abcdef.clm
month cut-1 --history cut met4.csv
equal "the rests of a killed run are removed" 5 "$(ls cut | wc -l)"
mkdir first
: >first/next.clm.abcdef
month first-1 --history first met4.csv
equal "... also where it was the first" 2 "$(ls first | wc -l)"

# Packs that have lost their tail.json are no rests.
cp -r kept lost
rm lost/tail.json
: >lost/next.clm
cp -r lost lost-before
exits "73: packs without tail.json" 73 "$program" scan -q -o never --history lost met4.csv
says "73: packs without tail.json: says so" "holds packs (tail-\*.clm), but no tail.json"
same "73: packs without tail.json: all is left" lost-before lost

cp -r kept full
exits "74: disk full" 74 sh -c 'trap "" XFSZ; ulimit -f 8; exec "$0" "$@"' \
	"$program" scan -q -o never --history full part1.csv
same "74: disk full: the tail is as it was" kept full
equal "74: disk full: no run" "" "$(find . -maxdepth 1 -name '*never*')"
exits "74: disk full, the first month" 74 sh -c 'trap "" XFSZ; ulimit -f 8; exec "$0" "$@"' \
	"$program" scan -q -o never --history made part1.csv
equal "74: disk full, the first month: nothing is left" "" "$(find . -maxdepth 1 -name 'made*')"

mkfifo endless
for signal in TERM KILL; do
	{ cat part1.csv; sleep 20; } >endless 2>/dev/null &
	feeder=$!
	env --default-signal=TERM "$program" scan -q -o never --history full endless 2>stderr &
	scanner=$!
	sleep 0.3
	kill -$signal $scanner
	wait $scanner 2>/dev/null
	code=$?
	kill $feeder 2>/dev/null
	equal "$signal: exits" "$([ $signal = TERM ] && echo 143 || echo 137)" $code
	same "$signal: the tail is as it was" kept full
done
month full-1 --history full met4.csv
equal "... and goes on" 5 "$(ls full | wc -l)"

if command -v flock >/dev/null; then
	flock full sleep 5 &
	holder=$!
	sleep 0.2
	exits "73: two runs at once" 73 "$program" scan -q -o never --history full part1.csv
	says "73: two runs at once: says so" "another run is writing this tail"
	kill $holder 2>/dev/null
	wait $holder 2>/dev/null
else
	skip "two runs at once: no flock(1)"
fi

# ---- What is refused ----

exits "64: --history-days alone" 64 "$program" scan -q -o never --history-days 30 met4.csv
exits "64: no days" 64 "$program" scan -q -o never --history full --history-days 0 met4.csv
exits "64: no directory" 64 "$program" scan -q -o never --history "" met4.csv
exits "64: the tail as an input" 64 "$program" scan -q -o never --history kept met4.csv kept
says "64: the tail as an input: says so" "keep --history kept out of the inputs"
mkdir both
exits "64: the tail as the run" 64 "$program" scan -q --force -o both --history both met4.csv
exits "73: a directory of something else" 73 "$program" scan -q -o never --history year met4.csv
says "73: a directory of something else: says so" "neither empty nor a tail"
exits "73: a file" 73 "$program" scan -q -o never --history met4.csv met4.csv
exits "73: it cannot be made" 73 "$program" scan -q -o never --history absent/tail met4.csv
equal "nothing is left of what was refused" "" "$(find . -maxdepth 1 -name '*never*' -o -maxdepth 1 -name absent)"
exits "--explain" 0 "$program" scan --explain --history kept met4.csv
equal "--explain tells the tail" 1 "$(grep -c '^tail   kept: 5 lines of 3 files, whole from its beginning to 2024-01-11; ' stdout)"
exits "--explain without a tail" 0 "$program" scan --explain --history unmade met4.csv
equal "--explain makes none" "" "$(ls -d unmade 2>/dev/null)"
