# SPDX-License-Identifier: Apache-2.0
#
# STA-07 from claims to its rows: pairs of providers by the patients they share, ten
# that are found and ten that are not at least, beside three hundred who share none.
. "$(dirname "$0")/assert.sh"

# An NPI of nine digits, with its check digit.
cat >pairs.awk <<'AWK'
function npi(number,  text, i, digit, sum) {
	text = "80840" sprintf("1%08d", number)
	for (i = 1; i <= length(text); i++) {
		digit = substr(text, i, 1)
		if ((length(text) - i) % 2 == 0) {
			digit *= 2
			digit -= digit > 9 ? 9 : 0
		}
		sum += digit
	}
	return sprintf("1%08d%d", number, (10 - sum % 10) % 10)
}
# Patients from..to of a case are seen by a provider; more: further cells of the line.
function see(who, from, to, tin, entity, more,  i) {
	for (i = from; i < to; i++)
		printf "c%d,1,professional,%s%d,2024-%02d-11,99213,%s,%s,11,NY,%s,11,80.00,%s\n",
			++claims, name, i, i % 12 + 1, npi(who), tin, entity, more ? more : "1,,0"
}
# A pair: how many either has, of which they share so many; its name begins with + if it is found.
function pair(own_name, a, b, shared, tin_a, tin_b, entity_a, entity_b, more) {
	name = substr(own_name, 2)
	see(2 * ++cases, 0, a, tin_a, entity_a, "")
	see(2 * cases + 1, a - shared, a - shared + b, tin_b, entity_b, more)
	if (own_name ~ /^[+]/) {
		print npi(2 * cases) ",with " npi(2 * cases + 1) >"expected"
		print npi(2 * cases + 1) ",with " npi(2 * cases) >"expected"
	}
}
BEGIN {
	print "claim_id,claim_line_number,claim_type,person_id,claim_start_date,hcpcs_code,rendering_npi,billing_tin,specialty_code,provider_state,entity_type,place_of_service_code,paid_amount,claim_frequency_code,original_claim_id,denied_flag"
	for (i = 0; i < 300; i++) {
		name = "own" i "_"
		see(1000 + i, 0, 30, 300000000 + i, 1, "")
		if (i < 40)
			see(5000 + i, 100, 130, 400000000 + i, 2, "")
	}
	pair("+all", 40, 40, 40, 100000001, 100000002, 1, 1)
	pair("+half", 60, 60, 40, 100000003, 100000004, 1, 1)
	pair("+fewest", 30, 30, 30, 100000005, 100000006, 1, 1)
	pair("+thirty", 45, 45, 30, 100000007, 100000008, 1, 1)
	pair("+within", 60, 30, 30, 100000009, 100000010, 1, 1)
	pair("+more", 200, 200, 180, 100000011, 100000012, 1, 1)
	pair("+sketched", 500, 500, 450, 100000013, 100000014, 1, 1)
	pair("+sketched_one", 400, 300, 300, 100000015, 100000016, 1, 1)
	pair("+organisations", 40, 40, 40, 100000017, 100000018, 2, 2)
	pair("+near_all", 50, 52, 48, 100000019, 100000020, 1, 1)
	pair("-one_tin", 40, 40, 40, 100000031, 100000031, 1, 1)
	pair("-no_tin", 40, 40, 40, 100000032, "", 1, 1)
	pair("-person_and_organisation", 40, 40, 40, 100000033, 100000034, 1, 2)
	pair("-below_half", 59, 59, 39, 100000035, 100000036, 1, 1)
	pair("-third", 60, 60, 30, 100000037, 100000038, 1, 1)
	pair("-few_shared", 31, 31, 29, 100000039, 100000040, 1, 1)
	pair("-few_patients", 29, 29, 29, 100000041, 100000042, 1, 1)
	pair("-denied", 40, 40, 40, 100000043, 100000044, 1, 1, "1,,1")
	pair("-none", 40, 40, 0, 100000045, 100000046, 1, 1)
	pair("-sketched_third", 500, 500, 250, 100000047, 100000048, 1, 1)
	pair("-small_of_large", 300, 30, 30, 100000049, 100000050, 1, 1)
	# Three of a ring: each has two partners.
	name = "ring"
	for (k = 0; k < 3; k++) {
		see(900 + k, 0, 40, 200000000 + k, 1, "")
		print npi(900 + k) ",with " npi(900 + (k + 1) % 3) >"expected"
		print npi(900 + k) ",with " npi(900 + (k + 2) % 3) >"expected"
	}
	# The second's claims are voided, every one.
	name = "voided"
	see(910, 0, 40, 200000010, 1, "")
	from = claims
	see(911, 0, 40, 200000011, 1, "")
	for (i = 0; i < 40; i++)
		printf "v%d,1,professional,%s%d,2024-%02d-11,99213,%s,200000011,11,NY,1,11,80.00,8,c%d,0\n",
			i, name, i, i % 12 + 1, npi(911), from + i + 1
}
AWK
: >expected
awk -f pairs.awk >claims.csv

# partners RUN: who is found with whom.
partners() {
	awk -F, '$3 == "STA-07" && $4 ~ /^with / && $5 == 1 { print $1 "," $4 }' "$1/provider_rules.csv" | LC_ALL=C sort
}

exits "a run" 0 "$program" scan -q --no-timing --rules STA-07 --report csv -o run claims.csv
LC_ALL=C sort -o expected expected
equal "ten pairs and a ring are found, and nobody else" "" "$(partners run | diff expected -)"
equal "what is shown of a pair that shares half" "0.500000" \
	"$(awk -F, '$3 == "STA-07" && $4 == "shared" && $10 == "0.500000" { print $10; exit }' run/provider_rules.csv)"
equal "providers' rows in rules.csv: 23 of them, 26 pairs" "26 23" \
	"$(awk -F, '$1 == "STA-07" { print $12, $13 }' run/rules.csv)"
exits "three threads, lines in another order" 0 sh -c "
	{ head -n 1 claims.csv; tail -n +2 claims.csv | awk '{ print (NR * 7919) % 100003 \"\\t\" \$0 }' | sort -n | cut -f2-; } >other.csv
	exec \"$program\" scan -q --no-timing -j3 --rules STA-07 --report csv -o other other.csv"
equal "the same bytes" "" "$(cmp run/provider_rules.csv other/provider_rules.csv 2>&1; cmp run/rules.csv other/rules.csv 2>&1)"
exits "explained" 0 "$program" rules explain STA-07

# One beneficiary with most of a provider's dollars.
awk 'NR == 1 { print; next } /,own0_7,/ { sub(/80\.00/, "9000.00") } { print }' claims.csv >top.csv
exits "one dear patient" 0 "$program" scan -q --no-timing --force --rules STA-07 --report csv -o run top.csv
equal "is told" "0.795053" "$(awk -F, '$3 == "STA-07" && $4 == "top_patient" && $5 == 1 { print $10 }' run/provider_rules.csv)"
