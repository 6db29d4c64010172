# SPDX-License-Identifier: Apache-2.0
#
# Examples that CMS and its contractors publish (tests/cli/history/published.txt).
. "$(dirname "$0")/assert.sh"

awk '/^@/ { file = sprintf("block%03d", ++count); print $0 >file; next } count { print >file }' "$root/tests/cli/history/published.txt"

for block in block*; do
	rule=$(head -n 1 "$block" | awk '{ print $2 }')
	source=$(head -n 1 "$block" | cut -d ' ' -f 3-)
	: >expected
	tail -n +2 "$block" | awk -v claims=claims.csv -v expected=expected -f "$root/tests/cli/history/claims.awk"
	LC_ALL=C sort expected >expected.sorted
	exits "$rule: a run" 0 scan --findings all --rules "$rule" claims.csv
	equal "$rule: $source" "$(cat expected.sorted)" \
		"$(awk -F, -v rule="$rule" '$1 == rule { print $4 "," $5 "," $2 }' run/findings.csv | LC_ALL=C sort)"
done
equal "all examples were run" "$(grep -c '^@' "$root/tests/cli/history/published.txt")" "$(ls block* | wc -l | tr -d ' ')"
