# SPDX-License-Identifier: Apache-2.0
#
# Crowds: ten thousand lines of one beneficiary on one day, and an id that stands
# for many people, over three years.  All rules; time grows with the lines, not
# with their square.
. "$(dirname "$0")/assert.sh"

made() {
	awk -v claims=claims.csv -v expected=expected -f "$root/tests/cli/history/claims.awk" cases
}

# counted RULE: evaluated.
counted() {
	awk -v rule="$1" 'index($0, rule ",") == 1 { gsub(/"[^"]*"/, ""); split($0, cell, ","); print cell[10] }' run/rules.csv
}

codes="99213 99214 17003 71046 A0428 44970 G0438 80053 82465 80061 27447 20610 11042 97110 36415 93000 99291 99292 11720 11721 96372 45378 45380 66984"

awk -v codes="$codes" 'BEGIN {
	n = split(codes, code, " "); split("76 50 80 25 59", modifier, " ")
	for (i = 0; i < 10000; i++)
		printf "p1 a/%d %s 2024-03-01 npi=%d charge=%d.00 m1=%s d1=E11 denied=%d\n", i, code[1 + i * 7 % n], 1003000126 + i % 3,
			i % 999, modifier[1 + i % 5], i % 17 == 0 }' >cases
made
exits "a day of 10,000 lines" 0 timeout 60 "$program" scan -q --no-timing --report csv --force -o run --findings all claims.csv
equal "a day of 10,000 lines: all that are payable are judged" 9411 "$(counted DUP-01)"

crowd() {
	awk -v codes="$codes" -v lines="$1" 'BEGIN {
		n = split(codes, code, " ")
		for (i = 0; i < lines; i++) {
			day = sprintf("%d-%02d-%02d", 2022 + i % 3, 1 + i * 5 % 12, 1 + i * 11 % 28)
			if (i % 10 == 0)
				printf "p1 s%d/1 - %s..%s type=institutional tob=111 rev=0120 ccn=%06d adm=%s dis=%s status=01 drg=470 charge=%d\n",
					i, day, day, 10001 + i % 50, day, day, i
			else if (i % 10 == 1)
				printf "p1 o%d/1 80053 %s type=institutional tob=131 rev=0300 ccn=%06d charge=%d\n", i, day, 10001 + i % 50, i
			else
				printf "p1 a%d/1 %s %s npi=%d charge=%d.00 d1=%s\n", i, code[1 + i * 7 % n], day, 1003000126 + i % 500, i % 100,
					i % 3 ? "I639" : "C3490"
		} }' >cases
	made
}
crowd 20000
exits "an id of 20,000 lines in three years" 0 timeout 60 "$program" scan -q --no-timing --report csv --force -o run --findings none claims.csv
equal "an id of 20,000 lines: stays are judged" 2000 "$(counted INP-04)"
