# SPDX-License-Identifier: Apache-2.0
# The same bytes, whatever the threads, reader, CPU level and memory, and
# however the input is cut, merged and ordered.
. "$(dirname "$0")/assert.sh"

# All that is dirty, newlines in quotes too; and a file that line tools can cut.
shape="--lines 60000 --providers 400 --members 3000 --schemes all --columns full --seed 7"
# shellcheck disable=SC2086 # a list of options
"$program" gen $shape --dirt all -o claims >/dev/null || not_ok "gen"
# shellcheck disable=SC2086
"$program" gen $shape --dirt amounts,totals,blanks,denied,placeholders,scattered,dates -o plain >/dev/null || not_ok "gen"
claims=claims/claims.csv
side="--members claims/members.csv --providers claims/providers.csv --findings all --max-bad 100%"

# variant NAME OPTION...
variant() {
	variant_name=$1
	shift
	# shellcheck disable=SC2086 # a list of options
	if ! "$program" scan -q --no-timing --report csv,json $side -o "$variant_name" "$@" 2>stderr; then
		not_ok "scan $variant_name" "$(tail -n 3 stderr)"
	fi
}

variant base -j1 $claims
equal "it finds something" yes "$([ "$(wc -l <base/findings.csv)" -gt 100 ] && echo yes)"
for threads in 2 7; do
	variant "j$threads" -j$threads $claims
	same "-j$threads" base j$threads
done
for io in uring pread mmap; do
	variant $io --io $io $claims
	same "--io $io" base $io
done
for level in scalar avx2 avx512; do
	if "$program" scan -q --report none --cpu $level -o level $claims 2>stderr; [ $? = 69 ]; then
		skip "--cpu $level: this CPU has it not"
		continue
	fi
	variant $level --cpu $level $claims
	same "--cpu $level" base $level
done
variant small --memory 128M $claims
same "--memory 128M" base small
variant again -j2 --cache drop $claims
same "--cache drop" base again

variant plain-run -j2 plain/claims.csv
claims=plain/claims.csv
tables="providers.csv provider_rules.csv provider_codes.csv provider_counts.csv findings.csv rules.csv"
header=$(head -n 1 $claims)
mkdir cut
tail -n +2 $claims | split -l 7001 -a 3 - cut/part
for part in cut/part*; do
	{ echo "$header"; cat "$part"; } >"$part.csv"
	rm "$part"
done
variant cut-run -j2 cut
same "cut into files" plain-run cut-run $tables
ls cut/*.csv | sort -r >list
variant list-run -j2 @list
same "the files of a manifest, in another order" plain-run list-run $tables
variant glob-run 'cut/part*.csv'
same "a glob" plain-run glob-run $tables

{ echo "$header"; tail -n +2 $claims | awk '{ print (NR * 7919) % 60013 "\t" $0 }' | sort -n -s -k1,1 | cut -f2-; } >shuffled.csv
variant shuffled-run -j2 shuffled.csv
same "shuffled" plain-run shuffled-run $tables

variant stdin-run - <$claims
same "standard input" plain-run stdin-run $tables
mkfifo pipe
cat $claims >pipe &
variant pipe-run pipe
wait
same "a pipe" plain-run pipe-run $tables

sed 's/$/\r/' $claims >crlf.csv
variant crlf-run crlf.csv
same "CRLF" plain-run crlf-run $tables
{ printf '\357\273\277'; cat $claims; } >bom.csv
variant bom-run bom.csv
same "a byte order mark" plain-run bom-run $tables

variant twice $claims ./$claims
same "a file by two paths is scanned once" plain-run twice $tables

variant sample-1 -j1 --findings sample $claims
variant sample-2 -j2 --findings sample shuffled.csv
same "--findings sample, shuffled" sample-1 sample-2 $tables
equal "the sample is part of all" "" "$(sort plain-run/findings.csv >all.sorted; sort sample-1/findings.csv | comm -23 - all.sorted | head -n 1)"
