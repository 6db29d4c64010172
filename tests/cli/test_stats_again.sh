# SPDX-License-Identifier: Apache-2.0
#
# Statistics against an independent reckoning of them (tests/oracle/stats.mjs):
# every row of a generated run, to the last printed figure.
. "$(dirname "$0")/assert.sh"

if ! command -v node >/dev/null 2>&1; then
	skip "statistics again: no node"
	exit 0
fi
exits "claims are made" 0 "$program" gen --lines 150000 --providers 1500 --members 15000 --months 12 --columns full --schemes all --seed 4 -o made
exits "they are scanned" 0 "$program" scan -q --no-timing --report csv -o run --members made/members.csv \
	--providers made/providers.csv made/claims.csv
node "$root/tests/oracle/stats.mjs" run
