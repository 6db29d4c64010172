# SPDX-License-Identifier: Apache-2.0
#
# Providers beside their peers on generated claims: what was planted leads, the
# decoys and an honest year do not, and the bytes are the same whatever the way.
. "$(dirname "$0")/assert.sh"

# scan RUN CLAIMS_DIR OPTIONS...
scan() {
	to=$1
	from=$2
	shift 2
	"$program" scan -q --no-timing --force --report csv,json -o "$to" --members "$from/members.csv" \
		--providers "$from/providers.csv" "$@" "$from/claims.csv"
}

# flags RULE SCHEME: flags of the rule on the providers of a scheme.
flags() {
	awk -F, -v rule="$1" -v scheme="$2" '
		FILENAME ~ /labels/ { if ($2 == scheme) is[$1] = 1; next }
		$3 == rule && ($1 in is) { sum += $5 } END { print sum + 0 }' made/labels.csv run/provider_rules.csv
}

exits "claims are made" 0 "$program" gen --lines 600000 --providers 2000 --members 20000 --months 24 --schemes all --seed 6 -o made
exits "they are scanned" 0 scan run made
equal "upcoding is flagged: EM-01" 1 "$(flags EM-01 em_upcoding)"
equal "upcoding is flagged: EM-03" 1 "$(flags EM-03 em_upcoding)"
equal "a referral centre is not: EM-01" 0 "$(flags EM-01 referral_centre)"
equal "a referral centre is not: EM-03" 0 "$(flags EM-03 referral_centre)"
equal "a spike is flagged" 1 "$(flags STA-08 spike)"
equal "a growing practice is not" 0 "$(flags STA-08 growing_practice)"
for way in "-j1" "-j2" "-j2 --cpu scalar" "-j1 --cpu avx2"; do
	# shellcheck disable=SC2086
	exits "$way" 0 scan other made $way
	equal "$way: the same bytes" "" "$(for file in providers provider_rules norms rules; do
		cmp run/$file.csv other/$file.csv
	done 2>&1)"
done

exits "an honest year is made" 0 "$program" gen --lines 300000 --providers 1500 --members 20000 --months 12 --schemes none --seed 5 -o clean
exits "it is scanned" 0 "$program" scan --no-timing --report csv -o honest --members clean/members.csv --providers clean/providers.csv clean/claims.csv
says "it has no leads" "none stands out"

printf 'claim_id,rendering_npi,hcpcs_code,claim_start_date,charge_amount\nA,1003000126,99215,2024-01-02,100.00\n' >one.csv
exits "one line, one provider, no specialty, no peers" 0 "$program" scan -q --no-timing --report csv -o one one.csv
equal "EM-01 says why it could not judge" "not evaluable,\"no provider with 100 visits" \
	"$(grep '^EM-01,' one/rules.csv | grep -o 'not evaluable,"no provider with 100 visits')"
equal "its peer group is its own" 1 "$(grep -c ',none/unknown/unknown/all,0,' one/providers.csv)"
