# SPDX-License-Identifier: Apache-2.0
#
# Rules across claims by tables of a release and of the payer, and what their
# findings say: severity, dollars, the other line, detail.
. "$(dirname "$0")/assert.sh"

XDG_CACHE_HOME=$work/cache
export XDG_CACHE_HOME

# made CASES...: claims.csv of lines in the form of tests/cli/history;
made() {
	printf '%s\n' "$@" >cases
	rm -f claims.csv
	awk -v claims=claims.csv -v expected=expected -f "$root/tests/cli/history/claims.awk" cases
}

# told RULE COLUMN...: of run/findings.csv, cells apart by a bar.
told() {
	awk -v rule="$1" -v names="$2" '
		function cells(line,   n, i, c, quoted) {
			n = 1; split("", cell)
			for (i = 1; i <= length(line); i++) {
				c = substr(line, i, 1)
				if (c == "\"") quoted = !quoted
				else if (c == "," && !quoted) n++
				else cell[n] = cell[n] c
			}
			return n
		}
		NR == 1 { n = cells($0); for (i = 1; i <= n; i++) at[cell[i]] = i; count = split(names, name, " "); next }
		{ cells($0); if (cell[1] != rule) next
		  for (i = 1; i <= count; i++) printf "%s%s", cell[at[name[i]]], i < count ? "|" : "\n" }' run/findings.csv
}

judge() {
	judge_rule=$1
	shift
	exits "$judge_rule: a run" 0 scan --findings all --rules "$judge_rule" "$@" claims.csv
}

# ---- NCC-07 by the add-on code file ----

mkdir releases
cat >releases/AOC_V2024Q1-MCR.csv <<'ROWS'
AOC_Edit_Type,Add-On_Code,AOC_DelDT,Primary_Code,Primary_Code_DelDT,AOC_Edit_EffDT,AOC_Edit_DelDT,Special_Instruction_Notes
1,17003,,17000,,2013001,,
1,64491,,64490,,2013001,2023365,
2,11045,,CCCCC,,2013001,,Contractor Defined Primary Codes
3,96375,,96374,,2013001,,
3,96375,,CCCCC,,2013001,,Contractor Defined Primary Codes
1,99292,,99291,,2013001,,
ROWS
made \
	'a1 a/1 17003 2024-03-01' 'a1 a/2 17000 2024-03-01' \
	'a2 a/1 17003 2024-03-01' 'a2 a/2 11042 2024-03-01' \
	'a3 a/1 11045 2024-03-01' 'a3 a/2 11042 2024-03-01' \
	'a4 a/1 11045 2024-03-01' 'a4 a/2 99213 2024-03-01' \
	'a5 a/1 96375 2024-03-01' 'a5 a/2 99213 2024-03-01' \
	'a6 a/1 96375 2024-03-01' \
	'a7 a/1 64491 2024-03-01' \
	'a8 a/1 64491 2023-12-31' \
	'a9 a/1 64491 2023-12-31' 'a9 a/2 64490 2023-12-31' \
	'b1 a/1 17003 2012-03-01' \
	'b2 a/1 99292 2024-03-02' 'b2 b/1 99291 2024-03-01 npi=1003000134' \
	'b3 a/1 99292 2024-03-02' 'b3 b/1 99291 2024-03-01 npi=1003000134 spec=11' \
	'b4 a/1 96375 2024-03-01' 'b4 b/1 96374 2024-03-01 npi=1003000134'
judge NCC-07 -c releases
equal "NCC-07 by the file's primaries" "a2a|1|type1|high|80.00|code=17003; primaries=0; limit=1; table=listed
a8a|1|type1|high|80.00|code=64491; primaries=0; limit=1; table=listed
b3a|1|type1|high|80.00|code=99292; primaries=0; limit=1; table=listed
a4a|1|type2|low|80.00|code=11045; primaries=0; limit=1; table=any procedure
a6a|1|type3|low|80.00|code=96375; primaries=0; limit=1; table=any procedure
b4a|1|type3|low|80.00|code=96375; primaries=0; limit=1; table=any procedure" \
	"$(told NCC-07 'claim_id line kind severity dollars detail')"
equal "NCC-07: what the file has in force is evaluated, from its first day on" "NCC-07,12,11,1,6" \
	"$(awk -F, '/^NCC-07/ { print $1 "," $9 "," $10 "," $11 "," $12 }' run/rules.csv)"

# ---- Other tables of the payer's, and what the providers file says ----

printf 'npi,owner_id,owner_name,share,from,to\n010001,O1,H,100,,\n1003000134,O1,H,,2024-01-01,\n010003,O1,H,60,,\n010004,O2,X,100,,\n010004,O1,H,100,,2024-03-08\n' >owners.csv
stay='type=institutional tob=111 rev=0120 ccn=010001 adm=2024-03-10 dis=2024-03-15'
lab='type=institutional tob=131 rev=0300 paid=41.00'
made "a a/1 - 2024-03-10..2024-03-15 $stay" "a b/1 80053 2024-03-09 $lab facility=1003000134" \
	"b a/1 - 2024-03-10..2024-03-15 $stay" "b b/1 80053 2024-03-09 $lab ccn=010003" \
	"c a/1 - 2024-03-10..2024-03-15 $stay" "c b/1 80053 2024-03-09 $lab ccn=010004" \
	"d a/1 - 2024-03-10..2024-03-15 $stay" "d b/1 80053 2024-03-08 $lab ccn=010004" \
	"e a/1 - 2024-03-10..2024-03-15 $stay" "e b/1 80053 2024-03-10 $lab ccn=010001"
judge GLO-03 --table ownership=owners.csv
equal "GLO-03: facilities with one owner, wholly, on the day" "ab|41.00|admitted=2024-03-10; day=-1; limit=-3..0; revenue=0300; owner=the hospital's
db|41.00|admitted=2024-03-10; day=-2; limit=-3..0; revenue=0300; owner=the hospital's
eb|41.00|admitted=2024-03-10; day=0; limit=-3..0; revenue=0300" "$(told GLO-03 'claim_id dollars detail')"
judge GLO-03
equal "GLO-03: without the table the hospital itself" "eb" "$(told GLO-03 'claim_id')"

printf 'npi,entity_type,teaching\n1003000142,2,0\n1003000159,2,1\n' >providers.csv
for facility in 1003000142 1003000159 1003000167; do
	echo "$facility a/1 27447 2024-03-01 facility=$facility npi=1003000134"
	echo "$facility b/1 27447 2024-03-01 facility=$facility m1=82"
	echo "$facility c/1 27447 2024-03-01 facility=$facility m1=80"
done >teaching
made "$(cat teaching)"
judge MOD-07 --providers providers.csv
equal "MOD-07: 82 where the facility does not teach" "1003000142b|not_teaching|low|80.00|code=27447; modifier=82; assistant=2" \
	"$(told MOD-07 'claim_id kind severity dollars detail')"
judge MOD-07
equal "MOD-07: without the file nobody knows" "" "$(told MOD-07 'claim_id')"

printf 'code,audio_only,from,to\n99213,0,,2024-12-31\n99213,1,2025-01-01,\n90832,1,,\n' >telehealth.csv
made 'a a/1 99213 2024-03-01 pos=02' 'b a/1 99213 2024-03-01 pos=10 m1=93' 'c a/1 99213 2025-03-01 pos=10 m1=93' \
	'd a/1 90832 2024-03-01 pos=10 m1=93' 'e a/1 97110 2024-03-01 m1=95' 'f a/1 X9999 2024-03-01 m1=GT m2=95' 'g a/1 97110 2024-03-01'
judge TIM-07 --table telehealth=telehealth.csv
equal "TIM-07 by the payer's list" "ba|audio_only|code=99213; pos=10; modifier1=93
ea|not_listed|code=97110; pos=11; modifier1=95
fa|not_listed|code=X9999; pos=11; modifier1=GT; modifier2=95; limit=1; also=two_modifiers" "$(told TIM-07 'claim_id kind detail')"
equal "TIM-07: any code is judged by a list" "6,6,0,3" "$(awk -F, '/^TIM-07/ { print $9 "," $10 "," $11 "," $12 }' run/rules.csv)"

# ---- NCC-08 by a payer's panels ----

printf 'panel,component\n80055,85025\n80055,86900\n80055,86900\n80061,82465\n80061,83718\n' >panels.csv
made \
	'a1 a/1 85025 2024-03-01' 'a1 a/2 86900 2024-03-01' \
	'a2 a/1 82465 2024-03-01' 'a2 b/1 83718 2024-03-01' \
	'a3 a/1 80055 2024-03-01' 'a3 a/2 86900 2024-03-01 paid=30.00' 'a3 a/3 85025 2024-03-01 paid=12.50' \
	'a4 a/1 80055 2024-03-01' 'a4 a/2 86900 2024-03-01 m1=91'
judge NCC-08 --table panels=panels.csv
equal "NCC-08 by the payer's panels" "a3a|2|component|medium|42.50|a3a|3|panel=80055; components=2; limit=2; line=a3a/3
a1a|1|unbundled|medium|0.00|a1a|2|panel=80055; components=2; limit=2; panel_price=none; line=a1a/2
a2a|1|unbundled|medium|0.00|a2b|1|panel=80061; components=2; limit=2; panel_price=none; line=a2b/1" \
	"$(told NCC-08 'claim_id line kind severity dollars other_claim_id other_line detail')"

# ---- CLN-01 by the coverage database's export, and by a payer's own ----

mkdir coverage
cat >coverage/lcd.csv <<'ROWS'
lcd_id,lcd_version,title,orig_det_eff_date,ent_det_end_date,rev_eff_date,rev_end_date,date_retired,status
33822,12,Made up,2015-10-01,,2024-01-01,,,A
34567,3,Made up too,2015-10-01,,2023-01-01,,2024-06-30,A
ROWS
printf 'lcd_id,lcd_version,hcpc_code_id,hcpc_code_group\n33822,12,82306,1\n34567,3,82306,1\n34567,3,93306,1\n' >coverage/lcd_x_hcpc_code.csv
printf 'lcd_id,lcd_version,icd10_code_id,icd10_support_group\n33822,12,E55.9,1\n33822,12,M81.0,2\n34567,3,K90.0,1\n' >coverage/lcd_x_icd10_support.csv
printf 'lcd_id,lcd_version,icd10_code_id,icd10_dont_support_group\n33822,12,Z00.00,1\n' >coverage/lcd_x_icd10_dont_support.csv
made \
	'a1 a/1 82306 2024-03-01 d1=E119 p1=1' 'a2 a/1 82306 2024-03-01 d1=E559 p1=1' \
	'a3 a/1 82306 2024-03-01 d1=K900 p1=1' 'a4 a/1 82306 2024-07-01 d1=K900 p1=1' \
	'a5 a/1 82306 2024-07-01 d1=E559 d2=Z0000' 'a6 a/1 82306 2024-03-01 d1=K900 d2=Z0000' \
	'a7 a/1 93306 2024-06-30 d1=I10 p1=1 paid=12.34' 'a8 a/1 93306 2024-07-01 d1=I10 p1=1' \
	'a9 a/1 82306 2022-07-01 d1=I10 p1=1'
judge CLN-01 -c coverage
equal "CLN-01: a hit where every document in force fails" "a5a|1|excluded|low|80.00|policy=L33822; code=82306; dx=Z0000; excluded=1; limit=0; in_force=2024-01-01..
a1a|1|unsupported|medium|80.00|policy=L33822; code=82306; supporting=0; limit=1; in_force=2024-01-01..
a4a|1|unsupported|medium|80.00|policy=L33822; code=82306; supporting=0; limit=1; in_force=2024-01-01..
a7a|1|unsupported|medium|12.34|policy=L34567; code=93306; supporting=0; limit=1; in_force=2023-01-01..2024-06-30" \
	"$(told CLN-01 'claim_id line kind severity dollars detail')"
equal "CLN-01: in scope where a document is in force" "7,7,0,4" "$(awk -F, '/^CLN-01/ { print $9 "," $10 "," $11 "," $12 }' run/rules.csv | tr -d '"')"
printf 'code,diagnosis,covered,policy,group,state,from,to\n82306,I10,1,ours,,,2024-02-01,\n' >ours.csv
judge CLN-01 -c coverage --table coverage=ours.csv
equal "CLN-01: the payer's policy stands over what is published" "a1a|unsupported|ours
a2a|unsupported|ours
a3a|unsupported|ours
a4a|unsupported|ours
a5a|unsupported|ours
a6a|unsupported|ours
a7a|unsupported|L34567" \
	"$(told CLN-01 'claim_id kind detail' | sed 's/policy=//; s/;.*//')"
mkdir own
printf 'procedure,diagnosis,covered,policy,group,from,to\n93306,I5,1,plan A,1,,\n93306,I50,1,plan A,1,2024-01-01,\n' >own/coverage.csv
exits "CLN-01: a category is of three characters at least" 78 scan --rules CLN-01 -c own claims.csv
printf 'procedure,diagnosis,covered,policy,group,from,to\n93306,I50,1,plan A,1,2024-07-01,\n' >own/coverage.csv
judge CLN-01 -c own
equal "CLN-01 by a payer's table in the folder of code sets" "a8a|unsupported|80.00|policy=plan A; code=93306; group=1; supporting=0; limit=1; in_force=2024-07-01.." \
	"$(told CLN-01 'claim_id kind dollars detail')"
judge CLN-01
equal "CLN-01 without a policy: not evaluable, and why" yes \
	"$(grep -q '^CLN-01,.*,not evaluable,.*--table coverage' run/rules.csv && echo yes)"

# ---- What the findings of the others say ----

made 'a1 a/1 71046 2024-03-01 m1=76 paid=33.10' 'a2 a/1 99213 2024-03-01 m1=77' 'a3 a/1 71046 2024-03-01 m1=91'
judge MOD-06
equal "MOD-06 in words" "a1a|no_original|low|33.10|code=71046; modifiers=76; others=0; limit=1
a3a|not_laboratory|low|80.00|code=71046; modifiers=91; others=0; limit=1; also=no_original
a2a|visit|info|0.00|code=99213; modifiers=77; others=0; limit=1; also=no_original" \
	"$(told MOD-06 'claim_id kind severity dollars detail')"

made 'a1 a/1 11042 2024-03-01 m1=AS paid=33.10' 'a2 a/1 27447 2024-03-01 m1=82' \
	'a3 a/1 92950 2024-03-01' 'a3 b/1 92950 2024-03-01 m1=80 npi=1003000134'
judge MOD-07
equal "MOD-07 in words" "a3b|documentation|info|0.00|code=92950; modifier=80; assistant=0
a1a|never|high|33.10|code=11042; modifier=AS; assistant=1; surgeons=0; limit=1; also=no_surgeon
a2a|no_surgeon|low|80.00|code=27447; modifier=82; assistant=2; surgeons=0; limit=1" \
	"$(told MOD-07 'claim_id kind severity dollars detail')"

made 'a1 a/1 71046 2024-03-01' 'a1 b/1 71046 2024-03-01 m1=26 npi=1003000134 paid=9.99'
judge MOD-04
equal "MOD-04 double in words" "a1b|1|double|medium|9.99|a1a|1|code=71046; pctc=1; component=26; other=whole; paid=2; limit=1" \
	"$(told MOD-04 'claim_id line kind severity dollars other_claim_id other_line detail')"

made 'a1 a/1 20610 2024-03-01 m1=RT paid=100.00' 'a1 b/1 20610 2024-03-01 m1=LT paid=90.00' \
	'a2 a/1 20610 2024-03-01 m1=LT paid=60.00' 'a2 b/1 20610 2024-03-01 m1=RT paid=80.00' \
	'a3 a/1 31231 2024-03-01' 'a3 a/2 31231 2024-03-01 m1=LT paid=70.00'
judge MOD-05
equal "MOD-05 both sides in words" "a3a|2|inherent|low|70.00|a3a|1|code=31231; bilat=2; lines=2; limit=1
a1b|1|over_150|low|40.00|a1a|1|code=20610; bilat=1; amount=90.00; other_amount=100.00; percent=190; limit=150
a2b|1|over_150|low|20.00|a2a|1|code=20610; bilat=1; amount=80.00; other_amount=60.00; percent=175; limit=150" \
	"$(told MOD-05 'claim_id line kind severity dollars other_claim_id other_line detail')"

made 'a1 a/1 99223 2024-03-01 m1=FS pos=21' 'a1 b/1 99232 2024-03-01 m1=FS pos=21 npi=1003000134 spec=50 paid=65.00'
judge MOD-09
equal "MOD-09 both_bill in words" "a1b|1|both_bill|medium|65.00|a1a|1|code=99232; other_code=99223; specialty=50; other_specialty=08; visits=2; limit=1" \
	"$(told MOD-09 'claim_id line kind severity dollars other_claim_id other_line detail')"

made 'a1 a/1 71046 2024-03-01' 'a1 b/1 71046 2024-03-01 npi=1003000134 charge=100.50'
judge DUP-02
equal "DUP-02 in words, without dollars" "a1b|1|same_tin|info|0.00|a1a|1|code=71046; date=2024-03-01; charge=100.50; other_charge=100.00; charge_limit=1%; also=same_specialty,same_charge" \
	"$(told DUP-02 'claim_id line kind severity dollars other_claim_id other_line detail')"

# ---- Precedence, and a day of thousands ----

made 'a1 a/1 80061 2024-03-01' 'a1 a/2 82465 2024-03-01' 'a1 a/3 17003 2024-03-01' 'a1 b/1 17003 2024-03-01'
exits "rules together" 0 scan --findings all --rules NCC,MOD,DUP claims.csv
equal "one event has one reason" "DUP-01 a1b no
NCC-02 a1a no
NCC-08 a1a superseded" \
	"$(awk -F, '/^(DUP-01|NCC-0[278])/ { print $1, $4, /superseded_by/ ? "superseded" : "no" }' run/findings.csv)"

awk 'BEGIN { for (i = 1; i <= 5000; i++) printf "p1 a/%d %s 2024-03-01 m1=%s charge=%d.00\n", i, i % 2 ? "17003" : "71046", i % 2 ? "76" : "26", i }' >day
made "$(cat day)"
exits "a day of thousands" 0 timeout 60 "$program" scan -q --no-timing --report csv,json --force -o run --findings all --rules NCC,MOD,DUP,-NCC-04,-NCC-05 claims.csv
equal "each of its lines is judged" "MOD-04,2499
NCC-07,0" "$(awk -F, '/^(MOD-04|NCC-07),/ { print $1 "," $12 }' run/rules.csv)"

# ---- What stands on a claim: of joining and of histories ----

ward='type=institutional tob=131 rev=0300 ccn=010001 facility=1003000134'
made "a a/1 80053 2024-03-01 $ward received=2025-06-02" "a a/2 85025 2024-03-01 $ward received=2025-06-02 paid=20.00" \
	"a b/1 80053 2024-03-01 $ward received=2025-07-01" "a b/2 85025 2024-03-01 $ward received=2025-07-01 paid=20.00" \
	"a b/3 85025 2024-03-01 $ward received=2025-07-01 paid=20.00 denied=1 d1=E11" \
	"b a/1 80053 2024-03-01 $ward received=2025-06-02"
exits "late duplicates" 0 scan --findings all --rules DUP-01,TIM-08,VAL-03 claims.csv
equal "a duplicate claim's other reasons are superseded" "DUP-01|ab||100.00|
TIM-08|aa||100.00|
TIM-08|ab||0.00|DUP-01
TIM-08|ba||80.00|
VAL-03|ab|3|0.00|" "$(awk -F, 'NR > 1 { by = match($0, /superseded_by=[A-Z0-9-]*/) ? substr($0, RSTART + 14, RLENGTH - 14) : ""; print $1 "|" $4 "|" $5 "|" $18 "|" by }' run/findings.csv)"
equal "hits, dollars and unique dollars by rule" "DUP-01,1,100.00,100.00
TIM-08,2,180.00,180.00
VAL-03,1,0.00,0.00" "$(awk -F, '/^(DUP-01|TIM-08|VAL-03)/ { gsub(/"[^"]*"/, ""); split($0, c, ","); print c[1] "," c[12] "," c[14] "," c[15] }' run/rules.csv)"
equal "each line is flagged once" "4,6,280.00" \
	"$(awk -F, 'NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; next } { print $at["findings"] "," $at["lines_flagged"] "," $at["dollars_flagged"] }' run/providers.csv)"
exits "the same without duplicates" 0 scan --findings all --rules TIM-08,VAL-03 claims.csv
equal "late claims alone" "TIM-08|aa|
TIM-08|ab|
TIM-08|ba|
VAL-03|ab|3" "$(awk -F, 'NR > 1 { print $1 "|" $4 "|" $5 }' run/findings.csv)"
