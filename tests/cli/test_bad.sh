# SPDX-License-Identifier: Apache-2.0
# Bad input is normal input with a defined result: the table of the manual.
. "$(dirname "$0")/assert.sh"

# bad NAME RECORDS QUARANTINED FILE...: the scan passes, and counts so.
bad() {
	bad_name=$1
	bad_records=$2
	bad_count=$3
	shift 3
	exits "$bad_name" 0 scan --max-bad 100% "$@"
	equal "$bad_name: records" "$bad_records" "$(quality records)"
	equal "$bad_name: quarantined" "$bad_count" "$(quarantined)"
	adds_up "$bad_name"
}

# invalid FIELD: cells of a field that could not be read.
invalid() {
	tr -d '\n' <run/quality.json | sed 's/.*"fields": *{//' |
		grep -oE "\"$1\": *\{[^}]*\}" | grep -oE '"invalid": *[0-9]+' | grep -oE '[0-9]+$'
}

narrow_file >good.csv

: >empty.csv
bad "empty file alone" 0 0 empty.csv
says "empty file alone: a warning" "empty file"
bad "empty file beside another" 3 0 empty.csv good.csv

echo "$narrow_header" >header.csv
bad "header only" 0 0 header.csv

tail -n +2 good.csv >headless.csv
exits "no header" 65 scan headless.csv
says "no header: names the option" --map

sed '1s/$/,colour,shoe_size/; 2,$s/$/,red,44/' good.csv >unknown.csv
bad "unknown columns" 3 0 unknown.csv

sed '1s/$/,Claim_ID,colour,colour/; 2,$s/$/,X9,red,red/' good.csv >twice.csv
bad "one column named twice" 3 0 twice.csv
says "one column named twice: which is read" "columns 1 and 19 are both named claim_id: column 1 is read"
equal "one column named twice: the first is read" \
	"$(tail -n +2 good.csv | cut -d, -f1 | sort -u | wc -l)" "$(quality claims)"
equal "one column that is not read, named twice: nothing to say" 0 "$(grep -c colour stderr)"

sed '1s/rendering_npi/a/; 1s/billing_npi/b/' good.csv >no-provider.csv
exits "no provider column" 65 scan no-provider.csv
says "no provider column: names them" rendering_npi

{ cat good.csv; echo 'C3,1,professional'; narrow_line C4 1 99213 10.00 | sed 's/$/,,,x/'; } >ragged.csv
exits "ragged rows" 0 scan --max-bad 100% ragged.csv
equal "ragged rows: records" 5 "$(quality records)"
adds_up "ragged rows"

sed '2,$s/$/,/' good.csv >trailing.csv
bad "one extra trailing delimiter" 3 0 trailing.csv
{ head -n 2 good.csv; echo; tail -n +3 good.csv; echo; } >blank.csv
bad "blank lines" 3 0 blank.csv

{ cat good.csv; printf 'C3\0,1,professional,P1,2024-03-01,2024-03-01,11,1,99213,,1234567893,1234567893,1,1,1,E119,,A\n'; } >nul.csv
bad "a NUL byte in a field in use" 4 1 nul.csv

{ printf '\377\376'; sed 's/./&\x00/g' good.csv; } >utf16le.csv
exits "UTF-16, little end" 65 scan utf16le.csv
says "UTF-16 is refused by name" UTF-16
{ printf '\376\377'; sed 's/./\x00&/g' good.csv; } >utf16be.csv
exits "UTF-16, big end" 65 scan utf16be.csv
says "UTF-16, big end, by name" UTF-16

{ cat good.csv; narrow_line 'C3' 1 99213 1.00 | sed 's/P1/P\xff\xfe/'; } >utf8.csv
bad "invalid UTF-8 in a field in use" 4 1 utf8.csv
{ cat good.csv; narrow_line 'C3' 1 99213 1.00 | sed 's/P1/P\xc3\xa4/'; } >umlaut.csv
bad "valid UTF-8" 4 0 umlaut.csv

{ cat good.csv; narrow_line '"C3' 1 99213 1.00; } >unclosed.csv
bad "an unclosed quote on the last line" 4 1 unclosed.csv
{ head -n 2 good.csv; narrow_line 'C"3' 1 99213 1.00; tail -n +3 good.csv; } >stray.csv
bad "a quote inside a field" 4 1 stray.csv
{ cat good.csv; narrow_line '"C""3,
x"' 1 99213 1.00; } >newline.csv
bad "a delimiter, a quote and a newline inside quotes" 4 0 newline.csv

sed '2s/150.00/99999999999999999999.00/' good.csv >overflow.csv
bad "a number that overflows" 3 0 overflow.csv
equal "a number that overflows is invalid" 1 "$(invalid charge_amount)"
sed '2s/150.00/100000000000.01/' good.csv >beyond.csv
bad "money over a hundred billion dollars" 3 0 beyond.csv
equal "money over a hundred billion dollars is invalid" 1 "$(invalid charge_amount)"
sed '2s/150.00/100000000000.00/' good.csv >most.csv
bad "a hundred billion dollars" 3 0 most.csv
equal "a hundred billion dollars is an amount" 0 "$(invalid charge_amount)"
sed '2s/150.00/abc/' good.csv >letters.csv
bad "letters for an amount" 3 0 letters.csv
equal "letters for an amount are invalid" 1 "$(invalid charge_amount)"

# 150.005 is 150.01, -0.005 is -0.01: half away from zero.
sed '2s/150.00/150.005/; 3s/40.00/40.0049/; 4s/200.00/200.12345/' good.csv >decimals.csv
bad "three and more decimals" 3 0 decimals.csv
equal "three and more decimals: rounded half away from zero" 390.13 "$(column run/providers.csv charge)"

sed '2s/2024-03-01/2024-02-30/' good.csv >february.csv
bad "a date that does not exist" 3 0 february.csv
equal "a date that does not exist is invalid" 1 "$(invalid claim_start_date)"

sed '2s/150.00/-150.00/' good.csv >negative.csv
bad "negative money" 3 0 negative.csv
equal "negative money is in the sum" 90.00 "$(column run/providers.csv charge)"

{
	printf 'claim_id,claim_line_number,rendering_npi,hcpcs_code'
	for i in $(seq 26); do printf ',diagnosis_code_%d' "$i"; done
	printf '\nC1,1,1234567893,99213'
	for i in $(seq 26); do printf ',E119'; done
	echo
} >diagnoses.csv
bad "26 diagnoses" 1 0 diagnoses.csv

{ cat good.csv; narrow_line C1 2 80053 40.00; } >repeated.csv
bad "a line number twice in a claim" 4 0 repeated.csv
equal "a line number twice: one claim still" 2 "$(quality claims)"

{ head -n 2 good.csv; } >half-1.csv
{ head -n 1 good.csv; tail -n +3 good.csv; } >half-2.csv
bad "a claim in two files" 3 0 half-1.csv half-2.csv
equal "a claim in two files is one" 2 "$(quality claims)"

{
	echo "claim_id,claim_line_number,claim_type,person_id,claim_start_date,claim_frequency_code,original_claim_id,rendering_npi,hcpcs_code,hcpcs_modifier_1,charge_amount,paid_amount,received_date"
	echo "V1,1,professional,P1,2024-03-01,8,C1,1234567893,99213,51,-100.00,-80.00,2024-04-02"
	echo "C1,1,professional,P1,2024-03-01,1,,1234567893,99213,51,100.00,80.00,2024-04-01"
} >void.csv
bad "a void before its original" 2 0 void.csv
equal "a void before its original: matched" 1 "$(quality matched)"
equal "a void before its original: no finding" 1 "$(wc -l <run/findings.csv)"

exits "a directory for --members" 66 scan --members . good.csv
exits "a directory for --providers" 66 scan --providers . good.csv

if [ "$(id -u)" = 0 ]; then
	skip "an unreadable file: root reads all"
else
	cp good.csv locked.csv && chmod 0 locked.csv
	exits "an unreadable file" 66 scan locked.csv
fi

{ cat good.csv; for i in $(seq 10); do narrow_line 'C"9' "$i" 99213 1.00; done; } >rotten.csv
rm -rf run
exits "too bad: over --max-bad" 65 scan rotten.csv
says "too bad: names the option" --max-bad
equal "too bad: no run directory" "" "$(ls -d run 2>/dev/null)"

# Big files: a stray quote in the middle, and one line of 1 GB.
"$program" gen --lines 1000000 --seed 3 -o big >/dev/null || not_ok "gen"
lines=1000000
head -n 500000 big/claims.csv >quote.csv
sed -n 500001p big/claims.csv | sed 's/,/",/' >>quote.csv
tail -n +500002 big/claims.csv >>quote.csv
for threads in 1 2; do
	bad "a stray quote in the middle of a big file, -j$threads" $lines 1 -j$threads quote.csv
done
{ head -n 500000 big/claims.csv; sed -n 500001p big/claims.csv | sed 's/^/"/'; tail -n +500002 big/claims.csv; } >opened.csv
for threads in 1 2; do
	bad "a quote that never closes in a big file, -j$threads" $lines 1 -j$threads opened.csv
done
rm -rf big quote.csv opened.csv

peak_kib scan -j1 --io pread good.csv
peak_small=$(cat peak)
{ cat good.csv; head -c 1073741824 /dev/zero | tr '\0' a; echo; narrow_line C5 1 99213 1.00; } >long.csv
peak_kib scan -j1 --io pread --max-bad 100% long.csv
equal "one line of 1 GB: passes" 0 "$peak_exit"
equal "one line of 1 GB: records" 5 "$(quality records)"
equal "one line of 1 GB: quarantined" 1 "$(quarantined)"
equal "one line of 1 GB: in at most 64 MiB more" yes \
	"$([ $(($(cat peak) - peak_small)) -le 65536 ] && echo yes || echo "no: $(cat peak) KiB, a small file $peak_small")"
exits "one line of 1 GB is over 1 % of the bytes" 65 scan long.csv
