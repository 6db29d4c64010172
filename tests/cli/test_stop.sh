# SPDX-License-Identifier: Apache-2.0
# Stopped by a signal or by a full disk: the right exit code, and nothing
# half-written is left.
. "$(dirname "$0")/assert.sh"

"$program" gen --lines 300000 --columns full --schemes all --seed 5 -o claims >/dev/null || not_ok "gen"

# What a run leaves behind: neither a directory nor one being written.
left() {
	find . -maxdepth 1 \( -name 'run*' -o -name '.run*' \) -print
}

# stopped NAME SIGNAL CODE: a scan of a pipe that never ends, told to stop.
stopped() {
	mkfifo endless
	{ cat claims/claims.csv; sleep 30; } >endless 2>/dev/null &
	feeder=$!
	# A shell lets what it starts in the background ignore SIGINT: env puts it back.
	env --default-signal=INT,TERM "$program" scan -q -o run endless 2>stderr &
	scanner=$!
	sleep 0.5
	kill -"$2" $scanner
	began=$(date +%s%N)
	wait $scanner
	code=$?
	took=$((($(date +%s%N) - began) / 1000000))
	kill $feeder 2>/dev/null
	equal "$1: exits" "$3" "$code"
	equal "$1: within 2 s" yes "$([ $took -le 2000 ] && echo yes || echo "$took ms")"
	equal "$1: nothing is left" "" "$(left)"
	rm -f endless
}
stopped "SIGINT in a stream" INT 130
stopped "SIGTERM in a stream" TERM 143

# Told to stop in the midst of a scan: many times the same file through links.
mkdir many
for i in $(seq 40); do cp claims/claims.csv many/$i.csv; done
env --default-signal=INT,TERM "$program" scan -q -o run many 2>stderr &
scanner=$!
sleep 0.4
kill -INT $scanner
began=$(date +%s%N)
wait $scanner
code=$?
took=$((($(date +%s%N) - began) / 1000000))
equal "SIGINT in the scan: exits" 130 "$code"
equal "SIGINT in the scan: within 2 s" yes "$([ $took -le 2000 ] && echo yes || echo "$took ms")"
equal "SIGINT in the scan: nothing is left" "" "$(left)"
rm -rf many

# No room: the limit on a file's size stands for a full disk, with SIGXFSZ ignored.
exits "disk full" 74 sh -c 'trap "" XFSZ; ulimit -f 64; exec "$0" "$@"' \
	"$program" scan -q --findings all -o run claims/claims.csv
equal "disk full: nothing is left" "" "$(left)"
exits "disk full while spilling or spooling" 74 sh -c 'trap "" XFSZ; ulimit -f 64; cat claims/claims.csv | "$0" "$@"' \
	"$program" scan -q -o run -
equal "disk full while spooling: nothing is left" "" "$(left)"
if [ -w /dev/full ]; then
	exits "standard output full" 74 sh -c '"$0" rules list >/dev/full' "$program"
fi

# A file that changes while it is scanned.
mkfifo gate
cp claims/claims.csv growing.csv
{ cat claims/claims.csv >gate; } 2>/dev/null &
"$program" scan -q -o run growing.csv gate 2>stderr &
scanner=$!
for i in 1 2 3 4 5 6 7 8 9 10; do
	echo 'x' >>growing.csv
	sleep 0.02
done
wait $scanner
code=$?
case $code in
0) skip "a file that changes: the scan was over before" ;;
*) equal "a file that changes while it is scanned" 65 "$code" ;;
esac
[ $code = 0 ] || equal "a file that changes: nothing is left" "" "$(left)"
