# SPDX-License-Identifier: Apache-2.0
#
# Rules of a beneficiary's history: what their findings say, with a payer's own
# tables and a release of the fee schedule; and a day of thousands of lines.
. "$(dirname "$0")/assert.sh"

XDG_CACHE_HOME=$work/cache
export XDG_CACHE_HOME

# made CASES...: claims.csv of lines in the form of tests/cli/history.
made() {
	printf '%s\n' "$@" >cases
	rm -f claims.csv
	awk -v claims=claims.csv -v expected=expected -f "$root/tests/cli/history/claims.awk" cases
}

# told RULE: claim, kind, severity, dollars, other claim, detail; no cell of these has a comma.
told() {
	awk -F, -v rule="$1" '$1 == rule { print $4 "|" $2 "|" $3 "|" $18 "|" $15 "|" $17 }' run/findings.csv
}

# counted RULE: in scope, evaluated, hits.
counted() {
	awk -v rule="$1" 'index($0, rule ",") == 1 { gsub(/"[^"]*"/, ""); split($0, cell, ","); print cell[9] "," cell[10] "," cell[12] }' run/rules.csv
}

judge() {
	judge_rule=$1
	shift
	exits "$judge_rule: a run" 0 "$program" scan -q --no-timing --report csv --force -o run --findings all --rules "$judge_rule" "$@" claims.csv
}

made 'a1 a/1 99213 2024-03-01' 'a1 b/1 99214 2024-03-01 paid=12.30' 'a2 a/1 99417 2024-03-01' \
	'a3 a/1 99291 2024-03-01 pos=12'
judge EM-06
equal "EM-06 in words" "a3a|critical|low|0.00||code=99291; pos=12; limit=not 11 12
a2a|prolonged|low|80.00||code=99417; base=none
a1b|second_em|low|12.30|a1a|code=99214; other_code=99213; visits=2; limit=1" "$(told EM-06)"
equal "EM-06 counts" "4,4,3" "$(counted EM-06)"

made 'a a/1 99213 2024-03-01 denied=1' 'a a/2 20610 2024-03-01' 'b a/1 99213 2024-03-01 denied=1' 'b b/1 27447 2024-03-01 npi=1003000134' \
	'c a/1 99213 2024-03-01 paid=70.00' 'c b/1 27447 2024-03-01'
judge MOD-02
equal "MOD-02 in words" "aa|missed_modifier|info|0.00|aa|procedure=20610; modifiers=0; limit=1
ca|needs_57|medium|70.00|cb|procedure=27447; modifiers=0; limit=1" "$(told MOD-02)"
equal "MOD-02 counts visits that were denied" "2,2,2" "$(counted MOD-02)"
made 'a a/1 99213 2024-03-01 denied=1 d1=E11' 'a a/2 20610 2024-03-01'
judge MOD-02,VAL-03
equal "one event has one reason, denied or not" "MOD-02 missed_modifier no
VAL-03 header superseded" "$(awk -F, '/^(MOD|VAL)/ { print $1, $2, /superseded_by/ ? "superseded" : "no" }' run/findings.csv)"

made 'x a/1 99213 2020-01-01' 'a1 a/1 27447 2024-03-01' 'a1 b/1 20610 2024-03-20 paid=55.50' \
	'a2 a/1 20610 2024-03-01 m1=58' 'a3 a/1 20610 2020-03-01 m1=79'
judge GLO-02
equal "GLO-02 in words" "a2a|no_index|info|0.00||modifier=58; operations=0; limit=1 in 90 days
a1b|no_modifier|medium|55.50|a1a|procedure=27447; global=090; day=19; limit=1..90; needs=58 78 79" \
	"$(told GLO-02)"
equal "GLO-02: not before the data reach back" "3,2,2" "$(counted GLO-02)"

made 's a/1 - 2024-03-10..2024-03-15 type=institutional tob=111 rev=0120 ccn=010001 adm=2024-03-10 dis=2024-03-15' \
	's b/1 97110 2024-03-08 type=institutional tob=131 rev=0420 ccn=010001 paid=41.00' \
	's c/1 97110 2024-03-08 type=institutional tob=131 rev=0420 ccn=010001 cond=51 paid=42.00'
judge GLO-03
equal "GLO-03 in words" "sb|related|medium|41.00|sa|admitted=2024-03-10; day=-2; limit=-3..0; revenue=0420" \
	"$(told GLO-03)"
equal "GLO-03 counts" "2,2,1" "$(counted GLO-03)"
cut -d, -f1-30 claims.csv >other.csv && mv other.csv claims.csv
judge GLO-03
equal "GLO-03: without condition codes only what needs none" "2,0," "$(counted GLO-03)"

made 'a a/1 99070 2024-03-01 paid=4.56' 'a a/2 99213 2024-03-01'
judge GLO-04
equal "GLO-04 in words" "aa|bundled|low|4.56||code=99070; status=B or P; paid=4.56; limit=0" "$(told GLO-04)"

made 'x a/1 99213 2020-01-01' 'a a/1 L0648 2024-03-01 pos=12 spec=54 ordering=1003000134 paid=900.10'
judge SPC-01
equal "SPC-01 in words" "aa|no_visit|medium|900.10||code=L0648; visits=0; limit=1 in 180 days" "$(told SPC-01)"

made 'a a/1 E0143 2024-01-05 m1=NU pos=12 spec=54' 'a b/1 E0149 2024-03-05 m1=NU pos=12 spec=54 paid=60.00' \
	'b a/1 A7030 2024-01-01 pos=12 spec=54' 'b b/1 A7030 2024-02-01 pos=12 spec=54'
judge SPC-02
equal "SPC-02 in words" "bb|early_refill|medium|80.00|ba|item=A7030; in_hand_until=2024-03-31; days_early=59; limit=10
ab|same_similar|medium|60.00|aa|item=E0149; earlier=E0143; on=2024-01-05; days=60; limit=5 years" "$(told SPC-02)"

made 'a a/1 A0428 2024-03-01 spec=59 pos=41 m1=RH paid=300.00' 'a b/1 99213 2024-01-01'
judge SPC-04
equal "SPC-04 in words" "aa|no_care|medium|300.00||code=A0428; services=0; limit=1 within 1 day" "$(told SPC-04)"
judge SPC-04 --as-of 2024-03-31
equal "SPC-04 waits" "1,0," "$(counted SPC-04)"

made 'a a/1 66984 2024-03-01 pos=24'
judge SPC-06
equal "SPC-06 in words" "aa|no_facility|low|0.00||code=66984; centres=0; limit=1" "$(told SPC-06)"

# ---- INP-05 with mean stays ----

mkdir drgs
{
	printf 'TABLE 5. FY 2024\t\t\t\n'
	printf 'MS-DRG\tFY 2024 Final Post-Acute DRG\tFY 2024 Final Special Pay DRG\tMDC\tTYPE\tMS-DRG Title\tWeights\tGeometric mean LOS\tArithmetic mean LOS\n'
	printf '470\tYes\tNo\t08\tSURG\tA\t1.9000\t8.0\t9.0\n480\tYes\tYes\t08\tSURG\tB\t3.0000\t8.0\t9.0\n100\tNo\tNo\t08\tSURG\tC\t3.0000\t8.0\t9.0\n'
} >drgs/table5.txt
home='type=institutional tob=111 rev=0120 ccn=010001 status=01 paid=8000.00'
snf='type=institutional tob=211 rev=0022 ccn=015001'
made "a a/1 - 2024-03-01..2024-03-04 $home drg=470" "a b/1 - 2024-03-04..2024-03-09 $snf" \
	"b a/1 - 2024-03-01..2024-03-04 $home drg=480" "b b/1 - 2024-03-04..2024-03-09 $snf" \
	"c a/1 - 2024-03-01..2024-03-08 $home drg=470" "c b/1 - 2024-03-08..2024-03-09 $snf" \
	"d a/1 - 2024-03-01..2024-03-04 $home drg=100" "d b/1 - 2024-03-04..2024-03-09 $snf" \
	"e a/1 - 2025-03-01..2025-03-04 $home drg=470" "e b/1 - 2025-03-04..2025-03-09 $snf" \
	"f a/1 - 2024-12-15..2024-12-20 $home drg=470" "g a/1 - 2024-03-01..2024-03-05 $home drg=470"
judge INP-05 -c drgs
equal "INP-05 by Table 5: the days' share of the payment is due" "aa|snf|medium|4000.00|ab|drg=470; status=01; discharged=2024-03-04; day=0; limit=0; days=3; mean_days=8.00
ba|snf|medium|2000.00|bb|drg=480; status=01; discharged=2024-03-04; day=0; limit=0; days=3; mean_days=8.00" "$(told INP-05)"
equal "INP-05: a stay of nearly the mean is none; days that the table lacks, and late ones, are not judged" "6,4,2" "$(counted INP-05)"

# ---- A payer's tables ----

made 'x a/1 99213 2015-01-01' 'a1 a/1 G0438 2023-03-01' 'a1 b/1 G0438 2024-02-28' \
	'a2 a/1 G0438 2022-03-01' 'a2 b/1 G0438 2024-03-01' \
	'a3 a/1 77067 2024-01-01' 'a3 b/1 77067 2024-06-01 npi=1003000134' 'a3 c/1 77067 2024-06-02' \
	'a4 a/1 77067 2023-01-01' 'a4 b/1 77067 2023-03-01'
judge CLN-02
equal "CLN-02 in words" "a1b|limit|medium|80.00|a1a|code=G0438; last=2023-03-01; services=2; limit=1 in a lifetime
a2b|limit|medium|80.00|a2a|code=G0438; last=2022-03-01; services=2; limit=1 in a lifetime" "$(told CLN-02)"
printf 'code,limit,days,per,from,to\nG0438,1,365,beneficiary,,\n77067,1,335,provider,2024-01-01,\n' >limits.csv
judge CLN-02 --table frequency_limits=limits.csv
equal "CLN-02 by the payer's limits" "a1b|limit|medium|80.00|a1a|code=G0438; last=2023-03-01; services=2; limit=1 in 365 days
a3c|limit|medium|80.00|a3a|code=77067; last=2024-01-01; services=2; limit=1 in 335 days" "$(told CLN-02)"

made 'a a/1 27447 2023-03-01 m1=LT' 'a b/1 27447 2024-03-01 m1=LT' 'b a/1 27447 2023-03-01 m1=LT' \
	'b b/1 27447 2024-03-01 m1=RT' 'c a/1 44970 2023-03-01' 'c b/1 44950 2024-03-01 paid=700.00'
judge CLN-07
equal "CLN-07 in words" "cb|repeated|high|700.00|ca|organ=appendix; removed_by=44970; on=2023-03-01; removals=2; limit=1" \
	"$(told CLN-07)"
printf 'code,group,per_side\n27447,knee,1\n' >once.csv
judge CLN-07 --table once_in_lifetime=once.csv
equal "CLN-07 by the payer's groups" "ab|repeated|high|80.00|aa|organ=knee; removed_by=27447; on=2023-03-01; removals=2; limit=1
cb|repeated|high|700.00|ca|organ=appendix; removed_by=44970; on=2023-03-01; removals=2; limit=1" "$(told CLN-07)"

# ---- A day of thousands ----

awk 'BEGIN { for (i = 1; i <= 10000; i++) printf "p a/%d %s 2024-03-01 npi=%d charge=%d.00\n", i, i % 4 == 0 ? "A0428" : i % 4 == 1 ? "99213" : i % 4 == 2 ? "44970" : "G0438", 1003000126 + i % 50, i }' >day
made "$(cat day)"
exits "a day of thousands" 0 timeout 60 "$program" scan -q --no-timing --report csv --force -o run --findings none \
	--rules EM-06,GLO-02,GLO-03,GLO-04,SPC-01,SPC-02,SPC-04,SPC-06,CLN-02,CLN-07 claims.csv
equal "each visit of a provider's day but the first; G0438 is an E/M too" "5000,5000,2499" "$(counted EM-06)"
