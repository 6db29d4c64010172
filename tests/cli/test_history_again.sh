# SPDX-License-Identifier: Apache-2.0
#
# --history: a month that is sent once more, corrected, is told as what it is.
. "$(dirname "$0")/assert.sh"

# told NAME COUNT RUN: what both files of the run say of claims of the tail.
told() {
	equal "$1" "$2 $2" "$(cat "$3/quality.json" "$3/manifest.json" | grep -oE '"claims_again": [0-9]+' |
		grep -oE '[0-9]+' | tr '\n' ' ' | sed 's/ $//')"
}

head='claim_id,claim_line_number,claim_type,person_id,claim_start_date,place_of_service_code,service_unit_quantity,hcpcs_code,rendering_npi,paid_date,paid_amount,charge_amount'
# claims FIRST LAST DAY PAID
claims() {
	echo "$head"
	for i in $(seq "$1" "$2"); do
		echo "C$i,1,professional,P$i,$3,11,1,99213,1234567893,$3,$4,150.00"
	done
}
claims 1 40 2024-01-10 80.00 >jan.csv
claims 41 80 2024-02-10 80.00 >feb.csv
claims 41 80 2024-02-10 70.00 >corrected.csv
claims 80 99 2024-03-10 80.00 >mar.csv

exits "a month" 0 "$program" scan --no-timing --history tail -o one jan.csv
told "the first has none" 0 one
exits "the next" 0 "$program" scan --no-timing --history tail -o two feb.csv
told "nor has the next" 0 two
equal "nothing is said of it" 0 "$(grep -c 'the tail.* too' stderr)"
cp -r tail before
exits "one claim in twenty comes in two parts" 0 "$program" scan --no-timing --history tail -o three mar.csv
told "it is counted" 1 three
says "in the summary" "claims that the tail has too: 1"
equal "without a warning" 0 "$(grep -c 'given again' stderr)"
rm -rf tail
for threads in 1 3; do
	cp -r before tail
	exits "-j$threads: a month corrected" 0 "$program" scan -q --no-timing -j$threads --history tail -o again-$threads corrected.csv
	told "-j$threads: all its claims" 40 again-$threads
	says "-j$threads: a warning" "40 of 40 claims stand in the tail too: a month given again? (--history)"
	rm -rf tail
done

# --public: the count of a small tail does not come back from the next.
claims 1 5 2024-01-10 80.00 >few.csv
exits "a small tail" 0 "$program" scan -q --public --no-timing --history small -o small-1 few.csv
exits "a large month" 0 "$program" scan -q --public --no-timing --history small -o small-2 feb.csv
equal "neither tail is told, nor its bytes" 2 "$(tr -d '\n' <small-2/manifest.json |
	grep -oE '"(used|written)": \{"packs": [0-9]+, "bytes": null, "lines": null' | wc -l)"
exits "a small month" 0 "$program" scan -q --public --no-timing --history before -o small-3 few.csv
equal "nor is the tail after it" 1 "$(tr -d '\n' <small-3/manifest.json | grep -c '"written": {"packs": [0-9]*, "bytes": null, "lines": null')"
exits "a month of its size" 0 "$program" scan -q --no-timing --history small -o small-4 mar.csv
equal "a run that hides nothing tells them" 2 "$(tr -d '\n' <small-4/manifest.json |
	grep -oE '"(used|written)": \{"packs": [0-9]+, "bytes": [0-9]+, "lines": [0-9]+' | wc -l)"

# --explain says what a scan would.
exits "65: --explain of a file that the tail has" 65 "$program" scan --explain --history small feb.csv
says "65: --explain of a file that the tail has: which" "feb.csv: its lines are in the tail already (--history small has them from feb.csv)"
exits "--explain of another of the same size" 0 "$program" scan --explain --history small corrected.csv
