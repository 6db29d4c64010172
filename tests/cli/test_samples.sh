# SPDX-License-Identifier: Apache-2.0
# Real layouts: how many records and claims, and what they were paid.
. "$(dirname "$0")/assert.sh"

if [ ! -d "$shared/claims" ]; then
	skip "sample files: no ../shared/claims"
	exit 0
fi

tuva=$shared/claims/tuva/tuva_history/medical_claim_seed_742871.csv
exits "tuva_history" 0 scan --by rendering "$tuva"
equal "tuva_history: records" 2075 "$(quality records)"
equal "tuva_history: claims" 1138 "$(quality claims)"
equal "tuva_history: rendering providers, blank counted as one" 931 "$(tail -n +2 run/providers.csv | wc -l)"
adds_up "tuva_history"

# rif FILE RECORDS CLAIMS
rif() {
	exits "rif $1" 0 scan "$shared/claims/rif/bfd/rif-synthea/$1.csv"
	equal "rif $1: records/claims" "$2/$3" "$(quality records)/$(quality claims)"
	adds_up "rif $1"
}
paid() {
	column run/providers.csv paid | awk '{ sum += $1 } END { printf "%.2f", sum }'
}
rif carrier 221 37
rif dme 1 1
rif hha 15 14
rif hospice 8 1
equal "rif hospice: paid once a claim" 5314.33 "$(paid)"
rif inpatient 16 16
rif outpatient 19 19
rif snf 67 1
equal "rif snf: paid once a claim" 32052.84 "$(paid)"
