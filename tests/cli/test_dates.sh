# SPDX-License-Identifier: Apache-2.0
# --dates, --by, --amount-level, --rules and side files on a file small enough
# to be reckoned by hand.
. "$(dirname "$0")/assert.sh"

cat >claims.csv <<'END'
claim_id,claim_line_number,claim_type,person_id,claim_line_start_date,claim_line_end_date,bill_type_code,revenue_center_code,service_unit_quantity,hcpcs_code,rendering_npi,billing_npi,billing_tin,facility_npi,paid_amount,charge_amount
C1,1,professional,P1,2024-01-31,2024-01-31,,,1,99213,1234567893,1245319599,111111111,,80.00,150.00
C1,2,professional,P1,2024-02-01,2024-02-01,,,2,80053,1234567893,1245319599,111111111,,20.00,40.00
C2,1,professional,P2,2024-02-15,2024-02-15,,,1,99214,,1245319599,222222222,,90.00,200.00
C3,1,institutional,P3,2024-02-20,2024-02-20,131,0450,1,99284,1234567893,1245319599,222222222,1003000126,300.00,700.00
C3,2,institutional,P3,2024-02-20,2024-02-20,131,0001,,,,1245319599,222222222,1003000126,300.00,700.00
C4,1,undetermined,P4,2024-03-01,2024-03-01,,,1,99213,0000000000,,,,10.00,30.00
END

# providers: npi and lines of each row, in one line.
providers() {
	awk -F, '
		NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; next }
		{ id = $at["npi"]; print (id == "" ? "none" : id) ":" $at["lines"] }' run/providers.csv |
		tr '\n' ' ' | sed 's/ $//'
}

exits "the provider of a line" 0 scan claims.csv
equal "rendering, else billing; facility; none" \
	"none:1 1003000126:1 1234567893:2 1245319599:1" "$(providers)"
equal "records" 6 "$(quality records)"
equal "claims" 4 "$(quality claims)"
equal "lines of service" 5 "$(quality lines)"

exits "--by rendering" 0 scan --by rendering claims.csv
equal "--by rendering" "none:2 1234567893:3" "$(providers)"
exits "--by billing" 0 scan --by billing claims.csv
equal "--by billing" "none:1 1245319599:4" "$(providers)"
exits "--by facility" 0 scan --by facility claims.csv
equal "--by facility" "none:4 1003000126:1" "$(providers)"
exits "--by tin" 0 scan --by tin claims.csv
equal "--by tin" "none:1 111111111:2 222222222:2" "$(providers)"
exits "--by what is none" 64 scan --by colour claims.csv

exits "--dates" 0 scan --dates 2024-02-01..2024-02-29 claims.csv
equal "--dates: both ends are inside" "1003000126:1 1234567893:1 1245319599:1" "$(providers)"
equal "--dates: first date" "2024-02-01" "$(column run/providers.csv first_date | sort | head -n 1)"
equal "--dates: last date" "2024-02-20" "$(column run/providers.csv last_date | sort | tail -n 1)"
exits "--dates, open to the left" 0 scan --dates ..2024-01-31 claims.csv
equal "--dates, open to the left" "1234567893:1" "$(providers)"
exits "--dates, with a summary" 0 "$program" scan --no-timing --force -o run --dates ..2024-01-31 claims.csv
says "--dates: the summary tells how many are outside" "of these 5 records outside --dates"
equal "--dates: records outside" 5 "$(quality outside_dates)"
says "a total is told" "of these 1 record of revenue code 0001"
equal "used = lines + totals" "$(quality used)" "$(($(quality lines) + $(quality revenue_totals)))"
exits "--dates, the wrong way round" 64 scan --dates 2024-03-01..2024-01-01 claims.csv
says "--dates, the wrong way round: says so" "ends before it begins"

exits "--amount-level" 0 scan --amount-level charge_amount=claim claims.csv
exits "--amount-level of none" 64 scan --amount-level colour=claim claims.csv

exits "--rules none" 0 scan --rules none claims.csv
equal "--rules none: no finding" 1 "$(wc -l <run/findings.csv)"
equal "--rules none: all 77 are listed" 78 "$(wc -l <run/rules.csv)"
exits "--rules of a family" 0 scan --rules VAL,-VAL-07 claims.csv
equal "--rules of a family: states" "off" \
	"$(awk -F, '$1 == "VAL-07" { print $7 }' run/rules.csv)"

# Without a key nobody is named; with one, the same person has the same name.
head -c 32 /dev/urandom >key && chmod 600 key
exits "--id-key" 0 scan --id-key key --findings all claims.csv
equal "persons are never in the clear" "" "$(cut -d, -f9 run/findings.csv | grep -x 'P[0-9]')"

# Months are counted from 1970: those of a year before it come before, in statistics too.
"$program" gen --lines 80000 --providers 300 --members 2000 --months 24 --schemes all --prevalence 10% \
	--columns full --seed 3 -o years >/dev/null || not_ok "gen"
months_of() {
	sed "s/2024-02-29/2024-02-28/g; s/2024-/$2-/g; s/2023-/$1-/g" years/claims.csv >moved.csv
	exits "years $1 and $2" 0 scan --findings none --max-bad 100% moved.csv
	grep ',STA-08,' run/provider_rules.csv >"months-$1"
}
months_of 1989 1990
months_of 1969 1970
equal "months beside one another: there are some" yes "$([ "$(wc -l <months-1989)" -gt 100 ] && echo yes)"
equal "months before 1970 and behind" "" "$(diff months-1989 months-1969 | head -n 5)"
