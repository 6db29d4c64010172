# SPDX-License-Identifier: Apache-2.0
# A scan by code sets of releases: compiled once, kept, judged by the days that
# they cover; the same bytes whatever the threads and the level.
. "$(dirname "$0")/assert.sh"
. "$root/tests/cli/releases.sh"

XDG_CACHE_HOME=$work/cache
export XDG_CACHE_HOME
cache=$XDG_CACHE_HOME/claimscan

# rule RULE COLUMN: a cell of run/rules.csv; no cell before it holds a quote or comma but the name's.
rule() {
	awk -F, -v rule="$1" -v name="$2" '
		function cells(line,   n, i, c, text, quoted) {
			n = 1; split("", cell)
			for (i = 1; i <= length(line); i++) {
				c = substr(line, i, 1)
				if (c == "\"") quoted = !quoted
				else if (c == "," && !quoted) n++
				else cell[n] = cell[n] c
			}
			return n
		}
		NR == 1 { n = cells($0); for (i = 1; i <= n; i++) if (cell[i] == name) at = i; next }
		$1 == rule { cells($0); print cell[at] }' run/rules.csv
}
# outside SET YEAR
outside() {
	tr -d '\n' <run/manifest.json | sed 's/.*"codes_outside": *{//; s/"rules": *{.*//' |
		grep -oE "\"$1\": *\{[^}]*\}" | grep -oE "\"$2\": *[0-9]+" | grep -oE '[0-9]+$'
}
modes() {
	find "$1" -printf '%m %y\n' | sort -u | tr '\n' ' '
}

# line CLAIM CODE DATE UNITS DIAGNOSIS MODIFIER [NPI]
header=claim_id,claim_line_number,claim_type,claim_start_date,claim_end_date,place_of_service_code,service_unit_quantity,hcpcs_code,hcpcs_modifier_1,rendering_npi,paid_amount,allowed_amount,charge_amount,diagnosis_code_1
line() {
	printf '%s,1,professional,%s,%s,11,%s,%s,%s,%s,80.00,100.00,150.00,%s\n' \
		"$1" "$3" "$3" "$4" "$2" "$6" "${7:-1245319599}" "$5"
}
{
	echo "$header"
	line C1 11045 2024-08-01 13 E119 ''   # units 13 of 12, in the quarter of the table
	line C2 11045 2024-08-01 12 E119 ''
	line C3 11045 2019-08-01 13 E119 ''   # no table of that day
	line C4 99215 2025-01-15 1 E11 ''     # a header, in fiscal 2025
	line C5 99215 2025-01-15 1 E1199 ''   # in no release
	line C6 99215 2026-01-15 1 E119 ''    # no release of that day
	line C7 71046 2025-11-01 1 I10 26
	line C8 11042 2024-08-01 1 E119 XX
	line C9 11042 2024-08-01 1 E119 '' 1234567893
	line C10 11042 2022-08-01 1 E119 '' 1234567893
	line C11 11042 2026-03-01 1 E119 '' 1234567893
} >claims.csv

releases_of_2025 releases
{
	exclusions | sed 's/1003005315/1234567893/'
	exclusions | tail -n 1 | sed 's/1003005315/1003000126/; s/20221220/20260110/'
} >releases/lists/UPDATED.csv
exits "releases" 0 scan -c releases --findings all claims.csv
says_compiling=$("$program" scan --no-timing --force -o again -c releases claims.csv 2>&1 | grep -c compiling)
equal "compiled once" 0 "$says_compiling"
equal "kept in one folder" 1 "$(ls "$cache" | wc -l)"
equal "for nobody else" "600 f 700 d " "$(modes "$cache")"
equal "NCC-04: evaluated of the quarter" 4 "$(rule NCC-04 evaluated)"
equal "NCC-04: hits" 1 "$(rule NCC-04 hits)"
equal "VAL-03: a header in fiscal 2025" 1 "$(rule VAL-03 hits)"
equal "VAL-01: unknown" 1 "$(grep -c '^VAL-01,unknown' run/findings.csv || true)"
equal "PRV-01: excluded since 2022-12-20" 1 "$(rule PRV-01 hits)"
equal "PRV-01: evaluated to January 2026" 10 "$(rule PRV-01 evaluated)"
equal "outside: MUE of 2019" 1 "$(outside mue_practitioner 2019)"
equal "outside: ICD-10-CM of 2024" 4 "$(outside icd10cm 2024)"
equal "manifest lists a set of the folder" 1 "$(grep -c '"set": "mue_practitioner"' run/manifest.json)"
equal "manifest lists what the starter still says" 1 "$(grep -c '"set": "procedures"' run/manifest.json)"
cp -r run first

exits "the nearest release" 0 scan -c releases --codes-outside nearest --findings all claims.csv
equal "NCC-04: judged by the nearest, all but a code without an edit" 10 "$(rule NCC-04 evaluated)"
equal "NCC-04: marked" 1 "$(grep -c '^NCC-04,mai3,low,C3.*release=nearest' run/findings.csv)"
equal "NCC-04: not marked" 1 "$(grep -c '^NCC-04,mai3,medium,C1,' run/findings.csv)"
equal "what is judged so is counted" 1 "$(outside mue_practitioner 2019)"

exits "images" 0 scan -c "$cache"/sets-* --findings all claims.csv
same "images or releases" first run
for variant in "-j1" "-j2" "--cpu scalar" "--cpu avx2" "--cpu avx512"; do
	# shellcheck disable=SC2086 # a list of options
	"$program" scan -q --no-timing --report none -o x --force $variant claims.csv 2>stderr
	[ $? = 69 ] && continue
	# shellcheck disable=SC2086
	exits "scan $variant" 0 scan $variant -c releases --findings all claims.csv
	same "$variant" first run
done

# A source that changes makes another build; a damaged one is made anew.
mue_2024q4 >releases/ncci/MCR_MUE_PractitionerServices_Eff_10-01-2024.csv
exits "another release" 0 scan -c releases --findings all claims.csv
equal "another build" 2 "$(ls "$cache" | wc -l)"
rm -rf "$cache"
rm releases/ncci/*10-01-2024.csv
exits "before damage" 0 scan -c releases --findings all claims.csv
printf 'x' | dd of="$(echo "$cache"/sets-*/mue_practitioner.set)" bs=1 seek=2100 conv=notrunc 2>/dev/null
exits "a damaged build" 0 scan -c releases --findings all claims.csv
says "it is told" "damaged, and compiled again"
same "made anew" first run
printf 'x' | dd of="$(echo "$cache"/sets-*/mue_practitioner.set)" bs=1 seek=2100 conv=notrunc 2>/dev/null
exits "damaged images of the user's own" 78 scan -c "$cache"/sets-* claims.csv
says "they are named" mue_practitioner

# Two at once, a cache that cannot be written, folders that are none.
rm -rf "$cache"
for n in 1 2 3; do
	"$program" scan -q --no-timing --force --report csv,json -c releases --findings all -o "at-once-$n" claims.csv 2>"stderr-$n" &
done
wait
for n in 1 2 3; do
	same "three at once: $n" first "at-once-$n"
done
equal "three at once leave one build" 1 "$(ls "$cache" | wc -l)"
rm -rf "$cache"
: >cache/claimscan
exits "no cache" 0 scan -c releases --findings all --tmp "$work" claims.csv
says "no cache is told" "for this run only"
same "compiled for one run" first run
equal "and taken away" 0 "$(find "$work" -maxdepth 1 -name 'claimscan-building*' | wc -l)"
rm cache/claimscan
exits "no folder" 66 scan -c nowhere claims.csv
mkdir empty
exits "an empty folder" 78 scan -c empty claims.csv
equal "nothing is left of it" 0 "$(find cache -name 'claimscan-building*' | wc -l)"

# ---- What the cache keeps ----

XDG_CACHE_HOME=$work/bounded
cache=$XDG_CACHE_HOME/claimscan
mkdir one
looked_up() {
	icd10cm_2025 | sed "s/hypertension/hypertension $1/" >one/icd10cm_order_2025.txt
	"$program" codes lookup I10 -c one >/dev/null 2>stderr
}
builds() {
	find "$cache" -maxdepth 1 -name 'sets-*' | wc -l
}
for build in 1 2 3 4 5 6 7 8 9 10; do
	looked_up $build || not_ok "build $build" "$(cat stderr)"
	newest=$(find "$cache" -maxdepth 1 -name 'sets-*' -printf '%T@ %f\n' | sort -n | tail -n 1 | cut -d' ' -f2)
	[ $build = 1 ] && first=$newest
	[ $build = 2 ] && second=$newest
done
equal "builds used within the hour stay, however many" 10 "$(builds)"
for build in "$cache"/sets-*; do touch -d '3 hours ago' "$build"; done
touch -d '5 hours ago' "$cache/$second"
mkdir "$cache/claimscan-building-old" "$cache/claimscan-building-new"
touch -d '2 days ago' "$cache/claimscan-building-old"
looked_up 1
equal "one that is used is marked, and nothing else is done" "10 0" \
	"$(builds) $(find "$cache/$first" -maxdepth 0 -mmin +60 | wc -l)"
looked_up 11
equal "a new build takes away those used longest ago: eight stay" 8 "$(builds)"
equal "the one just marked is among them, the oldest is not" "yes no" \
	"$([ -d "$cache/$first" ] && echo yes) $([ -d "$cache/$second" ] || echo no)"
equal "what stopped builds left goes after a day" claimscan-building-new "$(ls "$cache" | grep building)"
looked_up 2
equal "what was taken away is compiled again" "0 8" "$? $(builds)"
XDG_CACHE_HOME=$work/cache

# All releases at hand: what real claims of 2016 to 2018 can be judged by.
releases=$("$root/tests/releases" 2>/dev/null)
if [ -z "$releases" ] || [ ! -d "$shared/claims" ]; then
	skip "releases of the publishers: no ../shared"
	exit 0
fi
tuva=$shared/claims/tuva/tuva_history/medical_claim_seed_742871.csv
exits "all releases, claims of 2016 to 2018" 0 scan -c "$releases" "$tuva"
equal "NCC-04 says why not" "not evaluable" "$(rule NCC-04 state)"
equal "... by which table" 1 "$(rule NCC-04 reason | grep -c 'mue_practitioner covers (2024-07-01..2024-09-30')"
equal "VAL-03 says why not" 1 "$(rule VAL-03 reason | grep -c 'icd10cm covers (2024-10-01..2026-09-30')"
equal "lines that it is about" 1798 "$(rule VAL-03 in_scope)"
exits "by the nearest" 0 scan -c "$releases" --codes-outside nearest --findings all "$tuva"
# With those of lines that a rule of higher precedence hit too, which depends on the other rules.
equal "VAL-03: codes that have become headers since" 260 "$(grep -c '^VAL-03,' run/findings.csv)"
equal "VAL-02: none has gone" 0 "$(rule VAL-02 hits)"
equal "VAL-04: evaluated" 1917 "$(rule VAL-04 evaluated)"
