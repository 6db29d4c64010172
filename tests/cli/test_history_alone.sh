# SPDX-License-Identifier: Apache-2.0
#
# A rule that runs alone has only the lines of which it reads left to the
# histories; it must find, and count, what it does in the run of all.
. "$(dirname "$0")/assert.sh"

exits "claims are made" 0 "$program" gen --lines 8000 --providers 200 --members 2500 --columns full --schemes all --dirt all --seed 23 -o made

run_of() {
	"$program" scan -q --no-timing --report csv,json --findings all --force --members made/members.csv \
		--providers made/providers.csv --rules "$1" -o "$2" made/claims.csv </dev/null 2>stderr
}

# What a rule finds: all but what other rules have to do with.
found() {
	grep "^$2," "$1/findings.csv" | sed -E 's/(; )?superseded_by=[A-Z]+-[0-9]+//' |
		awk -F, '{ printf "%s,%s,%s,%s,%s,%s,%s\n", $1, $2, $3, $4, $5, $15, $16 }' | LC_ALL=C sort
}

# In scope and evaluated: the cells behind the reason, which may hold commas.
counted() {
	awk -v rule="$2" 'index($0, rule ",") == 1 { gsub(/"[^"]*"/, ""); split($0, cell, ","); print cell[9], cell[10] }' "$1/rules.csv"
}

exits "all rules" 0 run_of all every
for cases in "$root"/tests/cli/history/*.cases; do
	rule=$(basename "$cases" .cases)
	exits "$rule alone" 0 run_of "$rule" alone
	found every "$rule" >of_every
	found alone "$rule" >of_alone
	equal "$rule alone: the same findings" "" "$(diff of_every of_alone | head -n 4)"
	equal "$rule alone: the same counts" "$(counted every "$rule")" "$(counted alone "$rule")"
	case $rule in CLN-01) continue ;; esac # judged line by line: no histories
	equal "$rule alone: the same beneficiaries" "$(column every/providers.csv beneficiaries | cksum)" \
		"$(column alone/providers.csv beneficiaries | cksum)"
done
exits "rules with findings" 0 sh -c 'cut -d, -f1 every/findings.csv | sort -u >rules; test "$(wc -l <rules)" -gt 20'
