# SPDX-License-Identifier: Apache-2.0
# The whole program under a sanitizer: dirty claims through each reader, with
# eight threads, in little memory, out of a pipe; and a few files that are bad.
# Called by scripts/test with the programs of the asan and tsan presets.
. "$(dirname "$0")/assert.sh"

exits "gen" 0 "$program" gen --lines 30000 --providers 300 --members 3000 --schemes all --dirt all \
	--columns full --seed 11 -o claims
exits "gen, narrow" 0 "$program" gen --lines 30000 --schemes all --seed 11 -j4 -o narrow
side="--members claims/members.csv --providers claims/providers.csv --findings all --max-bad 100%"
for io in uring pread mmap; do
	# shellcheck disable=SC2086 # a list of options
	exits "scan --io $io -j8" 0 scan -j8 --io $io $side claims/claims.csv
done
cp -r run first
exits "convert to a pack -j8" 0 "$program" convert -q -j8 --max-bad 100% claims/claims.csv -o claims.clm
exits "convert to CSV -j8" 0 "$program" convert -q -j8 --max-bad 100% claims/claims.csv -o canonical.csv
for io in uring pread mmap; do
	# shellcheck disable=SC2086
	exits "scan of a pack --io $io -j8" 0 scan -j8 --io $io $side claims.clm
done
echo "claim_id = their_claim" >map
sed '1s/claim_id/their_claim/' narrow/claims.csv >theirs.csv
exits "convert by a map" 0 "$program" convert -q --map map theirs.csv -o theirs.clm
exits "convert the pack of a map" 0 "$program" convert -q theirs.clm -o theirs-again.clm
for level in scalar avx2 avx512; do
	"$program" scan -q --report none --cpu $level -o level narrow/claims.csv 2>stderr
	[ $? = 69 ] && continue
	# shellcheck disable=SC2086
	exits "scan --cpu $level" 0 scan -j2 --cpu $level $side claims/claims.csv
	same "the same, --cpu $level" first run
done
# shellcheck disable=SC2086
exits "scan of a pipe" 0 sh -c '"$0" scan -q --force -o piped -j4 - <narrow/claims.csv' "$program"
exits "scan of many files" 0 scan -j8 claims/claims.csv narrow/claims.csv
head -c 100000 narrow/claims.csv >cut.csv
exits "scan of a file cut in a record" 0 scan --max-bad 100% cut.csv
head -c 200000 /dev/urandom >noise.csv
"$program" scan -q -o noise noise.csv >stdout 2>stderr
equal "scan of noise" 65 $?
{ head -n 1 narrow/claims.csv; head -c 200000 /dev/urandom; } >noisy.csv
exits "scan of noise behind a header" 0 scan --max-bad 100% noisy.csv
exits "rules list" 0 "$program" rules list
exits "rules explain" 0 "$program" rules explain NCC-04
