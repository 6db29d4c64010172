# SPDX-License-Identifier: Apache-2.0
# Claim packs: the bytes of a scan of their sources, and refused when damaged.
. "$(dirname "$0")/assert.sh"

shape="--lines 30000 --providers 300 --members 2000 --schemes all --columns full --seed 7"
# shellcheck disable=SC2086 # a list of options
"$program" gen $shape --dirt all -o claims >/dev/null || not_ok "gen"
# shellcheck disable=SC2086
"$program" gen $shape --dirt amounts,totals,blanks,denied,placeholders,scattered,dates -o plain >/dev/null || not_ok "gen"
side="--members claims/members.csv --providers claims/providers.csv --findings all --max-bad 100%"

# run NAME OPTION...: all but what may differ between a pack and its sources.
run() {
	run_name=$1
	shift
	# shellcheck disable=SC2086 # a list of options
	"$program" scan -q --no-timing --report csv,json $side -o "$run_name" "$@" 2>stderr ||
		not_ok "scan $run_name" "$(tail -n 3 stderr)"
	grep -v '"path": ' "$run_name/manifest.json" >manifest && mv manifest "$run_name/manifest.json"
	sed -i 's/^  "files": [0-9]*,//; /"file": /d' "$run_name/quality.json"
	sed -i 's/"samples": \[[^]]*\]/"samples": []/' "$run_name/quality.json"
}

exits "convert" 0 "$program" convert --max-bad 100% claims/claims.csv -o claims.clm
says "it tells lines and bytes a line" "30000 lines of 1 files"
equal "the pack is 0600" 600 "$(stat -c %a claims.clm)"
exits "another conversion" 0 "$program" convert -q --max-bad 100% -j7 --io pread --cpu scalar --memory 124M claims/claims.csv -o again.clm
equal "the same bytes whatever the threads, reader, level and memory" "" "$(cmp claims.clm again.clm 2>&1)"

run source claims/claims.csv
for threads in 1 2 7; do
	run "pack-$threads" -j$threads claims.clm
	same "-j$threads" source "pack-$threads"
done
for io in uring pread mmap; do
	run "pack-$io" --io $io claims.clm
	same "--io $io" source "pack-$io"
done
for level in scalar avx2 avx512; do
	if "$program" scan -q --report none --cpu $level -o level claims.clm 2>stderr; [ $? = 69 ]; then
		skip "--cpu $level: this CPU has it not"
		continue
	fi
	run "pack-$level" --cpu $level claims.clm
	same "--cpu $level" source "pack-$level"
done
cp claims.clm claims.csv
run named claims.csv
same "known by its content, not by its name" source named
run piped - <claims.clm
same "a pack on standard input" source piped

for rules in none "VAL,NCC-04" "-VAL"; do
	run "source $rules" "--rules=$rules" --counters none claims/claims.csv
	run "pack $rules" "--rules=$rules" --counters none claims.clm
	same "--rules $rules" "source $rules" "pack $rules"
done
run source-options --by billing --zero-paid payable --dates 2024-03-01..2024-09-30 claims/claims.csv
run pack-options --by billing --zero-paid payable --dates 2024-03-01..2024-09-30 claims.clm
same "options that change what a line is" source-options pack-options

# Claims of several persons, of nobody, that name others' claims, and one with too many
# lines for a chunk: what does not stand whole is regrouped beside what does.
awk -F, -v OFS=, '
	NR == 1 { for (i = 1; i <= NF; i++) column[$i] = i; print; next }
	{ ids[NR] = $1 }
	NR % 70 < 2 { $column["person_id"] = "M0000001" }
	NR % 110 == 0 { $column["person_id"] = "" }
	NR % 90 == 0 { $column["original_claim_id"] = ids[NR - 50]; $column["claim_frequency_code"] = 7 }
	NR % 29 == 0 { $column["paid_amount"] = "-12.50" }
	{ print }
' plain/claims.csv >linked.csv
exits "linked claims" 0 "$program" convert -q linked.csv -o linked.clm
run linked-source linked.csv
for threads in 1 7; do
	run "linked-pack-$threads" -j$threads linked.clm
	same "claims that others hang on, -j$threads" linked-source "linked-pack-$threads"
done
exits "linked claims in other words" 0 "$program" convert -q -j1 --memory 108M linked.csv -o linked-again.clm
equal "the same bytes of what does not stand whole" "" "$(cmp linked.clm linked-again.clm 2>&1)"

# Files that can carry no adjustments leave claims that are just counted: of one provider
# or several, of two sources under one id, long ones, on either side of nobody's rules.
"$program" gen --lines 20000 --providers 200 --members 900 --columns narrow --dirt amounts,blanks --seed 3 -o narrow >/dev/null || not_ok "gen"
awk -F, -v OFS=, '
	NR == 1 { for (i = 1; i <= NF; i++) column[$i] = i; print $0, "data_source"; next }
	NR % 37 < 3 { $column["rendering_npi"] = NR % 2 ? "1003000126" : "OTHER-" NR % 5 }
	NR % 41 == 0 { $column["paid_amount"] = "-3.00" }
	NR > 9000 && NR < 9100 { $column["claim_id"] = "LONG"; $column["person_id"] = "M9"; $column["claim_type"] = "institutional" }
	{ print $0, NR % 53 < 26 ? "east" : "west" }
' narrow/claims.csv >counted.csv
exits "narrow" 0 "$program" convert -q counted.csv -o counted.clm
for rules in none VAL; do
	run "counted-source-$rules" --rules "$rules" --counters none counted.csv
	for level in scalar avx2 avx512; do
		"$program" scan -q --report none --cpu $level -o level counted.clm 2>stderr || continue
		run "counted-$rules-$level" --rules "$rules" --counters none --cpu $level -j3 counted.clm
		same "claims that are counted, --rules $rules --cpu $level" "counted-source-$rules" "counted-$rules-$level"
	done
done
run counted-days --rules none --counters none --dates 2024-02-10..2024-05-20 counted.csv
run counted-days-pack --rules none --counters none --dates 2024-02-10..2024-05-20 counted.clm
same "claims that are counted, of some days" counted-days counted-days-pack
run counted-claims --rules none --counters none --amount-level paid_amount=claim counted.csv
run counted-claims-pack --rules none --counters none --amount-level paid_amount=claim counted.clm
same "claims whose amounts go with their lowest line" counted-claims counted-claims-pack

# Months, and packs beside files.
header=$(head -n 1 plain/claims.csv)
{ echo "$header"; tail -n +2 plain/claims.csv | head -n 11000; } >one.csv
{ echo "$header"; tail -n +11001 plain/claims.csv | tail -n +2; } >two.csv
"$program" convert -q one.csv -o one.clm 2>stderr || not_ok "convert one" "$(cat stderr)"
"$program" convert -q two.csv -o two.clm 2>stderr || not_ok "convert two" "$(cat stderr)"
run whole plain/claims.csv
run months one.clm two.clm
same "two packs" whole months
run mixed one.csv two.clm
same "a file and a pack" whole mixed
exits "packs into a pack" 0 "$program" convert -q two.clm one.clm -o both.clm
run both both.clm
same "packs converted into one" whole both
exits "packs into CSV" 69 "$program" convert -q one.clm -o one-again.csv

# Layouts with levels and words of their own stay apart.
rif=$shared/claims/rif/bfd/rif-synthea
if [ -f "$rif/carrier.csv" ]; then
	rif_files="$rif/carrier.csv $rif/dme.csv $rif/inpatient.csv $rif/outpatient.csv $rif/snf.csv"
	# shellcheck disable=SC2086
	exits "RIF" 0 "$program" convert -q --max-bad 100% $rif_files -o rif.clm
	# shellcheck disable=SC2086
	run rif-source $rif_files
	run rif-pack rif.clm
	same "RIF files of five layouts" rif-source rif-pack
else
	skip "RIF: no samples here"
fi

# Columns that a map named: the pack knows them without it, and is not read by another's.
sed '1s/claim_id/their_claim/; 1s/hcpcs_code/their_code/' plain/claims.csv >theirs.csv
printf 'claim_id = their_claim\nhcpcs_code = their_code\n' >map
run map-source --map map theirs.csv
exits "a map" 0 "$program" convert -q --map map theirs.csv -o theirs.clm
run map-pack theirs.clm
same "what a map named" map-source map-pack providers.csv findings.csv rules.csv quality.json
run map-both --map map theirs.clm
same "and with the map again" map-source map-both providers.csv findings.csv rules.csv quality.json
exits "a map, of a pack" 0 "$program" convert -q theirs.clm -o theirs-again.clm
run map-again theirs-again.clm
same "and of a pack of the pack" map-source map-again providers.csv findings.csv rules.csv quality.json

# Nothing but a header, and nothing at all.
head -n 1 plain/claims.csv >header.csv
exits "a header" 0 "$program" convert -q header.csv -o header.clm
run header-source header.csv
run header-pack header.clm
same "a header alone" header-source header-pack
: >empty.csv
exits "nothing" 0 "$program" convert -q empty.csv -o empty.clm
exits "a pack of nothing" 0 "$program" scan -q -o nothing empty.clm

exits "--explain" 0 "$program" scan --explain claims.clm
equal "--explain says what it is" 1 "$(grep -c 'claim pack, 30000 lines' stdout)"

# What is not whole.
head -c 100000 claims.clm >cut.clm
exits "65: cut short" 65 "$program" scan -q -o bad cut.clm
says "65: says where" "cut.clm:100000: a claim pack that is cut short"
{ cat claims.clm; echo more; } >longer.clm
exits "65: something behind it" 65 "$program" scan -q -o bad longer.clm
{ head -c 200000 claims.clm; printf 'X'; tail -c +200002 claims.clm; } >flipped.clm
exits "65: a byte changed" 65 "$program" scan -q -o bad flipped.clm
says "65: says which chunk" "damaged: convert the claims again"
{ head -c 8 claims.clm; printf '\011'; tail -c +10 claims.clm; } >version.clm
exits "65: another version" 65 "$program" scan -q -o bad version.clm
says "65: says which" "version 9, this program reads version 4"
{ printf '\211CLMPK\r\n'; head -c 5000 /dev/zero; } >foreign.clm
exits "65: only the first bytes of one" 65 "$program" scan -q -o bad foreign.clm
exits "78: a pack as a side file" 78 "$program" scan -q --members claims.clm -o bad claims/claims.csv
exits "74: no room for it" 74 sh -c "ulimit -f 64; trap '' XFSZ; exec \"$program\" convert -q --max-bad 100% claims/claims.csv -o bad.clm"
says "74: says which file" "bad.clm: cannot write"
equal "nothing is left of what failed" "" "$(find . -maxdepth 1 -name 'bad*')"
