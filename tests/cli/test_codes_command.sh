# SPDX-License-Identifier: Apache-2.0
# claimscan codes build, info, lookup, diff: exact output on small releases.
. "$(dirname "$0")/assert.sh"
. "$root/tests/cli/releases.sh"

codes() {
	"$program" codes "$@"
}

releases_of_2025 old-releases
releases_of_2025 new-releases
icd10cm_2026 >new-releases/icd10cm/icd10cm_order_2026.txt
rm new-releases/ncci/MCR* new-releases/ncci/ccipra*
mue_2024q4 >new-releases/ncci/MCR_MUE_PractitionerServices_Eff_10-01-2024.csv
ptp_practitioner new-releases/ncci v303r0
printf '%s\n' '11042 97602 20190101 20231231 1' '20610 20552 20200101 20241231 0' \
	'20610 20553 20240101 * 1' | ptp_part >new-releases/ncci/ccipra-v303r0-f2.txt
echo 'to whom it may concern' >new-releases/notes.txt

# ---- build ----

exits "codes build" 0 codes build old-releases -o old
equal "codes build: files, rows, lines that are no data, layouts" "\
file rows not data layout
icd10cm/icd10cm_order_2025.txt 7 0 ICD-10-CM order file (fixed width)
lists/UPDATED.csv 1 2 OIG list of excluded individuals and entities (UPDATED.csv)
mpfs/PPRRVU2025_Oct.csv 3 2 Medicare physician fee schedule (PPRRVU, CSV)
...E_PractitionerServices_Eff_07-01-2024.csv 5 2 NCCI medically unlikely edits (CSV)
ncci/ccipra-v302r0-f1.txt 1 6 NCCI PTP edits (text in tabs, four parts a setting)
ncci/ccipra-v302r0-f2.txt 2 6 NCCI PTP edits (text in tabs, four parts a setting)
ncci/ccipra-v302r0-f3.txt 1 6 NCCI PTP edits (text in tabs, four parts a setting)
ncci/ccipra-v302r0-f4.txt 1 6 NCCI PTP edits (text in tabs, four parts a setting)
ncci/ncci_aoc_2026q2.csv 3 1 NCCI add-on code edits (CSV)" \
	"$(sed '/^$/,$d' stdout | tr -s ' ')"
equal "codes build: sets, releases, codes, windows" "\
set releases codes windows
icd10cm 1 7 7
cpt 1 1 1
mpfs 1 3 3
mue_practitioner 1 5 5
aoc 1 2 3
ptp_practitioner 4 9 9
leie 1 1 1" "$(sed -n '/^set/,/^$/p' stdout | awk 'NF { print $1, $2, $3, $4 }')"
equal "codes build: the last line" "9 files, 7 sets" "$(tail -n 1 stdout | cut -d, -f1,2)"
equal "codes build: nothing on standard error but progress" "" "$(cat stderr)"
exits "codes build: a file that fits nothing" 0 codes build new-releases -o new
equal "codes build: a file that fits nothing is named" "\
Not read: 1
  notes.txt: its layout is none that is known" "$(sed -n '/^Not read/,/^$/p' stdout)"
exits "codes build -q" 0 codes build -q old-releases -o again
equal "codes build -q says nothing" "" "$(cat stdout stderr)"
same "codes build: the same releases give the same bytes" old again
exits "codes build: an output that is there" 73 codes build old-releases -o old
says "codes build: an output that is there names the option" --force
exits "codes build --force" 0 codes build -q --force old-releases -o again
exits "codes build --progress on" 0 codes build -q --progress on old-releases -o again --force
equal "codes build --progress on: it is told" yes "$(grep -q 'writing the images' stderr && echo yes)"

# ---- info ----

exits "codes info" 0 codes info old
equal "codes info: sets, codes, windows, days, releases" "\
icd10cm 7 7 2024-10-01 to 2025-09-30 FY2025
cpt 1 1 2025-10-01 to 2025-12-31 PPRRVU2025_Oct (partial)
mpfs 3 3 2025-10-01 to 2025-12-31 PPRRVU2025_Oct
mue_practitioner 5 5 2024-07-01 to 2024-09-30 MCR_MUE_PractitionerServices_Eff_07-01-2024
aoc 2 3 2013-04-01 to 2026-06-30 ncci_aoc_2026q2
ptp_practitioner 5 5 2010-01-01 to 2025-06-30 v30.2
leie 1 1 to 2022-12-31 UPDATED" \
	"$(sed -E '1d; s/ +[0-9]+  [0-9a-f]{16}  / /' stdout | tr -s ' ')"
exits "codes info --verify" 0 codes info old --verify
equal "codes info --verify: the last line" "all 7 verified" "$(tail -n 1 stdout)"
exits "codes info --json" 0 codes info old --json
sed -n '/"icd10cm"/,/^  }/p' stdout |
	sed 's/"bytes": [0-9]*/"bytes": N/; s/"xxh3": "[0-9a-f]\{32\}"/"xxh3": "H"/' >part
equal "codes info --json: a set" '    "set": "icd10cm",
    "release": "FY2025",
    "codes": 7,
    "windows": 7,
    "from": "2024-10-01",
    "to": "2025-09-30",
    "bytes": N,
    "xxh3": "H",
    "partial": false,
    "sources": [
      {"path": "icd10cm/icd10cm_order_2025.txt", "release": "FY2025", "from": "2024-10-01", "to": "2025-09-30", "xxh3": "H"}
    ]
  },' "$(cat part)"
equal "codes info --json: bytes are those of the image" "$(stat -c %s old/icd10cm.set)" \
	"$(sed -n '/"icd10cm"/,/^  }/s/.*"bytes": \([0-9]*\).*/\1/p' stdout)"
exits "codes info of the starter set" 0 codes info
equal "codes info of the starter set: partial" yes "$(grep -q '^diagnoses .*starter 1 (partial)' stdout && echo yes)"

# ---- lookup ----

# looks NAME EXPECTED ARGUMENTS...
looks() {
	looks_name=$1
	looks_expected=$2
	shift 2
	exits "lookup: $looks_name" 0 codes lookup "$@"
	equal "lookup: $looks_name: exactly" "$looks_expected" "$(cat stdout)"
}

looks "a diagnosis of the starter set, on no day" "\
diagnoses: inside the program (starter 1)
  I10: in force (all days)" I10
looks "a header of it" "\
diagnoses: inside the program (starter 1)
  E11: a header: a longer code is to be billed (all days)
    flags                 header" e11
looks "a diagnosis" "\
icd10cm: ICD-10-CM diagnoses (FY2025)
  E1165: in force on 2025-09-30 (2024-10-01 to 2025-09-30)
    kind                  billable
    description           Type 2 diabetes mellitus with hyperglycemia" e11.65 -c old
looks "a header, with the codes below it" "\
icd10cm: ICD-10-CM diagnoses (FY2025)
  E11: a header on 2025-01-01: a longer code is to be billed (2024-10-01 to 2025-09-30)
    kind                  header
    description           Type 2 diabetes mellitus
    use: E1165, E119" E11 2025-01-01 -c old
looks "a day that is not covered" "\
icd10cm: ICD-10-CM diagnoses (FY2025)
  E119: not judged on 2019-01-01: the set does not cover the day (2024-10-01 to 2025-09-30)
    kind                  billable
    description           Type 2 diabetes mellitus without complications" E119 2019-01-01 -c old
looks "two windows" "\
icd10cm: ICD-10-CM diagnoses (FY2025, FY2026)
  E119: a header on 2026-03-01: a longer code is to be billed (2024-10-01 to 2026-09-30)
    kind                  header
    description           Type 2 diabetes mellitus without complications
    2024-10-01 to 2025-09-30: kind billable
    use: E1191" E119 2026-03-01 -c new
looks "ended" "\
icd10cm: ICD-10-CM diagnoses (FY2025, FY2026)
  Z719: not in force on 2026-03-01 (2024-10-01 to 2025-09-30)
    kind                  billable
    description           Counseling, unspecified" Z719 2026-03-01 -c new
looks "a diagnosis that looks like a HCPCS code" "\
icd10cm: ICD-10-CM diagnoses (FY2025)
  M5416: in force on 2025-09-30 (2024-10-01 to 2025-09-30)
    kind                  billable
    description           Radiculopathy, lumbar region" M5416 -c old
looks "a wrong code" "\
icd10cm: ICD-10-CM diagnoses (FY2025)
  E1156: unknown on 2025-09-30
    did you mean: E116, E1165" E1156 -c old
looks "nothing like it" "XYZXYZ: not in any set, nor is one like it" XYZXYZ -c old
looks "pairs, unit limit" "\
mue_practitioner: Medically unlikely edits: practitioners and ASC (MCR_MUE_PractitionerServices_Eff_07-01-2024)
  80053: in force on 2024-09-30 (2024-07-01 to 2024-09-30)
    value                 1
    mai                   3
    rationale             Clinical: Data

ptp_practitioner: NCCI PTP edits, practitioner (v30.2)
  80053: column 1 of 1 edits, column 2 of 0, on 2025-06-30
    80053 pays, 80048 does not: 0, never both; from 2010-01-01; Misuse of Column Two code with Column One code" 80053 -c old
looks "a pair on a day" "\
ptp_practitioner: NCCI PTP edits, practitioner (v30.2)
  11042/97602: column 1 of 1 edits, column 2 of 0, on 2023-06-01
    11042 pays, 97602 does not: 1, a modifier may allow both; 2019-01-01 to 2023-12-31; Misuse of Column Two code with Column One code" \
	11042/97602 2023-06-01 -c old
looks "a pair that is deleted" "\
ptp_practitioner: NCCI PTP edits, practitioner (v30.2)
  11042/97602: column 1 of 0 edits, column 2 of 0, on 2024-06-01
    11042 pays, 97602 does not: 1, a modifier may allow both; 2019-01-01 to 2023-12-31; Misuse of Column Two code with Column One code" \
	11042/97602 2024-06-01 -c old
looks "an add-on code's primaries on a day" "\
aoc: NCCI add-on codes and their primaries (ncci_aoc_2026q2)
  11045: in force on 2020-01-01 (from 2013-04-01)
    2013-04-01 to 2023-12-31: type 1, primary 11043
    from 2013-04-01: type 1, primary 11042" 11045 2020-01-01 -c old --set aoc
looks "an excluded provider" "\
leie: OIG list of excluded individuals and entities (UPDATED)
  1003005315: in force on 2022-12-31 (from 2022-12-20)
    type                  1128b4
    state                 MN
    kind                  INDIVIDUAL
    specialty             NURSE" 1003005315 -c old
exits "lookup: fee schedule" 0 codes lookup 71046 -c old --set mpfs
equal "lookup: fee schedule: the code and its parts" \
	"71046 PCTC 1 global XXX 71046-26 PCTC 1 global XXX 71046-TC PCTC 1 global XXX " \
	"$(awk '/^  71046/ { sub(":", "", $1); printf "%s ", $1 } $1 == "pctc" { printf "PCTC %s ", $2 }
		$1 == "global" { printf "global %s ", $2 }' stdout)"
looks "one part of it, without a folder to look in" "\
procedures: inside the program (starter 1)
  99201: not in force on 2022-01-01 (to 2020-12-31)
    em_family             office_new
    em_level              1
    global                XXX
    pctc                  0
    bilateral             0
    assistant             0" 99201 2022-01-01
looks "a wrong code in the starter set" "\
diagnoses: inside the program (starter 1)
  E1165X: not judged: not in this set, which is partial
    did you mean: E1165" E1165X
exits "lookup: releases for images" 0 env XDG_CACHE_HOME="$work/cache" "$program" codes lookup I10 -c old-releases
equal "lookup: releases for images: the same answer" "  I10: in force on 2025-09-30 (2024-10-01 to 2025-09-30)" \
	"$(grep I10 stdout)"
exits "lookup --limit" 0 codes lookup 11045 2020-01-01 -c old --set aoc --limit 1
equal "lookup --limit: says that there are more" "    and 1 more (--limit 0 shows all)" "$(tail -n 1 stdout)"

exits "lookup --json" 0 codes lookup E119 2026-03-01 -c new --json
equal "lookup --json: exactly" '[
  {
    "set": "icd10cm",
    "release": "FY2025, FY2026",
    "code": "E119",
    "valid": false,
    "windows": [
      {"from": "2024-10-01", "to": "2026-09-30"}
    ],
    "attributes": {
      "kind": ["header"],
      "description": "Type 2 diabetes mellitus without complications"
    },
    "history": [
      {"from": "2024-10-01", "to": "2025-09-30", "kind": ["billable"], "description": "Type 2 diabetes mellitus without complications"},
      {"from": "2025-10-01", "to": "2026-09-30", "kind": ["header"], "description": "Type 2 diabetes mellitus without complications"}
    ],
    "use": ["E1191"]
  }
]' "$(cat stdout)"
exits "lookup --json of a pair" 0 codes lookup 80053 -c old --json --set ptp_practitioner
equal "lookup --json of a pair: exactly" '[
  {
    "set": "ptp_practitioner",
    "release": "v30.2",
    "code": "80053",
    "valid": true,
    "windows": [],
    "attributes": {"as_column_1": 1, "as_column_2": 0},
    "partners": [
      {"column_1": "80053", "column_2": "80048", "from": "2010-01-01", "to": null, "modifier_indicator": 0, "rationale": "Misuse of Column Two code with Column One code"}
    ]
  }
]' "$(cat stdout)"
exits "lookup --json of two codes" 0 codes lookup 97602/11042 2024-06-01 -c old --json --set ptp_practitioner
equal "lookup --json of two codes: not in force, and the days that it was" \
	'    "valid": false,
    "windows": [
      {"from": "2019-01-01", "to": "2023-12-31"}
    ],
    "attributes": {"as_column_1": 0, "as_column_2": 0},' "$(sed -n '/"valid"/,/"attributes"/p' stdout)"
looks "a code of the starter's pairs" "\
ptp: inside the program (starter 1)
  45390: column 1 of 1 edits, column 2 of 0
    45390 pays, 45385 does not: 1, a modifier may allow both; all days" 45390 --set ptp
looks "two codes of the starter's pairs, the other way round" "\
ptp: inside the program (starter 1)
  45378/45380: column 1 of 0 edits, column 2 of 1
    45380 pays, 45378 does not: 0, never both; all days" 45378/45380
looks "two codes that are no pair" "99213/45378: not in any set, nor is one like it" 99213/45378
looks "an exclusion of the starter set, and another" "\
exclusions: inside the program (starter 1)
  1000743470: in force on 2027-01-01 (2024-11-20 to 2029-03-14, from 2032-03-20)
    excluded              2024-11-20
    reinstated            2029-03-15" 1000743470 2027-01-01
exits "lookup --json between two exclusions" 0 codes lookup 1000743470 2030-01-01 --json
equal "lookup --json between two exclusions: not excluded, and when" '    "valid": false,
    "windows": [
      {"from": "2024-11-20", "to": "2029-03-14"},
      {"from": "2032-03-20", "to": null}
    ],' "$(sed -n 6,10p stdout)"
exits "codes info lists the starter's pairs" 0 codes info
equal "codes info: as many as there are" "ptp $(grep -c '^[0-9A-Z]*,[0-9A-Z]*,' "$root/codesets/ptp.csv") 1" \
	"$(awk '$1 == "ptp" { print $1, $2, /partial/ }' stdout)"
exits "lookup --json of a wrong code" 0 codes lookup E1156 -c old --json
equal "lookup --json of a wrong code: exactly" '[
  {
    "set": "icd10cm",
    "release": "FY2025",
    "code": "E1156",
    "valid": false,
    "windows": [],
    "attributes": {},
    "near": ["E116", "E1165"]
  }
]' "$(cat stdout)"
exits "lookup --json of nothing" 0 codes lookup XYZXYZ -c old --json
equal "lookup --json of nothing: exactly" "[]" "$(cat stdout)"
exits "lookup --json of add-ons" 0 codes lookup 11045 -c old --json --set aoc
equal "lookup --json of add-ons: rows that hold together are an array" 2 "$(grep -c '"primary"' stdout)"
exits "lookup --json of a day that is not covered" 0 codes lookup E119 2019-01-01 -c old --json
equal "lookup --json of a day that is not covered: null" '    "valid": null,' "$(grep valid stdout)"
exits "lookup --json in the starter set" 0 codes lookup 99213 --json
equal "lookup --json in the starter set: numbers are numbers" '      "mue_practitioner": 2,' \
	"$(grep '"mue_practitioner"' stdout)"

# ---- diff ----

exits "codes diff" 0 codes diff old new
equal "codes diff: exactly" "\
icd10cm: FY2025 -> FY2025, FY2026
  1 added: valid from that day; claims of earlier days hit VAL-02
    E1191         from 2025-10-01
  1 ended: claims of later days hit VAL-02, or VAL-03 where the code is a header now
    Z719          to 2025-09-30
  2 changed: headers hit VAL-03, billable codes do not; a title decides nothing
    E119          from 2025-10-01  kind billable -> header
    M5416         from 2025-10-01  description Radiculopathy, lumbar region -> Radiculopathy of the lumbar region
cpt: PPRRVU2025_Oct -> PPRRVU2025_Oct: the same
mpfs: PPRRVU2025_Oct -> PPRRVU2025_Oct: the same
mue_practitioner: MCR_MUE_PractitionerServices_Eff_07-01-2024 -> MCR_MUE_PractitionerServices_Eff_10-01-2024
  1 added: NCC-04 to NCC-06 limit these codes from that day
    A9999         from 2024-10-01
  1 ended: NCC-04 to NCC-06 no longer limit them
    99215         to 2024-09-30
  2 changed: a lower value gives more hits of NCC-04 to NCC-06, a higher one fewer
    11045         from 2024-10-01  value 12 -> 8
    80053         from 2024-10-01  value 1 -> 2
  1 raised, 1 lowered
aoc: ncci_aoc_2026q2 -> ncci_aoc_2026q2: the same
ptp_practitioner: v30.2 -> v30.3
  1 added: column 2 is denied beside column 1 from that day (NCC-01; NCC-02 where a modifier would help)
    20610/20553   from 2024-01-01
  1 ended: NCC-01 and NCC-02 no longer hit these pairs
    20610/20552   to 2024-12-31
leie: UPDATED -> UPDATED: the same" "$(cat stdout)"
exits "codes diff --set --json" 0 codes diff old new --set mue_practitioner --json
equal "codes diff --set --json: exactly" '[
  {
    "set": "mue_practitioner",
    "old": "MCR_MUE_PractitionerServices_Eff_07-01-2024",
    "new": "MCR_MUE_PractitionerServices_Eff_10-01-2024",
    "added": 1,
    "ended": 1,
    "changed": 2,
    "windows": 0,
    "raised": 1,
    "lowered": 1,
    "edits": {
      "added": "NCC-04 to NCC-06 limit these codes from that day",
      "ended": "NCC-04 to NCC-06 no longer limit them",
      "changed": "a lower value gives more hits of NCC-04 to NCC-06, a higher one fewer"
    },
    "codes": [
      {"code": "11045", "change": "changed", "from": "2024-10-01", "detail": "value 12 -> 8"},
      {"code": "80053", "change": "changed", "from": "2024-10-01", "detail": "value 1 -> 2"},
      {"code": "99215", "change": "ended", "to": "2024-09-30", "detail": ""},
      {"code": "A9999", "change": "added", "from": "2024-10-01", "detail": ""}
    ]
  }
]' "$(cat stdout)"
exits "codes diff of the same" 0 codes diff old again
equal "codes diff of the same: says so" 7 "$(grep -c ': the same$' stdout)"

# ---- usage ----

exits "codes without more" 64 codes
exits "codes of none" 64 codes bild
says "codes of none: did you mean" "did you mean build"
exits "codes build without a folder" 64 codes build -o x
exits "codes build without --out" 64 codes build old-releases
says "codes build without --out names it" --out
exits "codes build with a wrong option" 64 codes build old-releases -o x --forse
says "codes build with a wrong option: did you mean" "did you mean --force"
exits "codes build with a wrong word" 64 codes build old-releases -o x --progress often
exits "codes lookup without a code" 64 codes lookup
exits "codes lookup with a date that is none" 64 codes lookup E119 2025-02-30
exits "codes lookup in a set that is none" 64 codes lookup E119 --set icd10 -c old
says "codes lookup in a set that is none: did you mean" icd10cm
exits "codes lookup in a starter set that is none" 64 codes lookup E119 --set icd10cm
exits "codes diff of one folder" 64 codes diff old
exits "codes diff of a set that is none" 64 codes diff old new --set mue
exits "codes info of no folder" 66 codes info absent
exits "codes lookup in no folder" 66 codes lookup E119 -c absent
exits "codes diff of no folder" 66 codes diff old absent
for one in build info lookup diff; do
	exits "codes $one --help" 0 codes $one --help
	equal "codes $one --help fits its width" yes "$([ "$(wc -L <stdout)" -le 100 ] && echo yes)"
	equal "codes $one --help shows an example" yes "$(sed -n 2p stdout | grep -q 'claimscan codes' && echo yes)"
done
{ codes lookup 11042 -c old; echo $? >status; } | head -n 1 >/dev/null
equal "codes lookup: a broken pipe is 0" 0 "$(cat status)"
