# SPDX-License-Identifier: Apache-2.0
#
# --memory is a ceiling: whatever the number of providers, what is beyond it lies
# in files, and the same comes out.
. "$(dirname "$0")/assert.sh"

# held COMMAND...: the most anonymous memory that it held, in KiB; its exit in $held_exit.
held() {
	"$@" >stdout 2>stderr </dev/null &
	held_pid=$!
	held_most=0
	while held_now=$(awk '/^RssAnon/ { print $2 }' /proc/$held_pid/status 2>/dev/null) && [ -n "$held_now" ]; do
		[ "$held_now" -le "$held_most" ] || held_most=$held_now
		sleep 0.01
	done
	wait $held_pid
	held_exit=$?
}

# limited NAME MIB OPTION...: it ends well, and holds what it may and a twentieth.
limited() {
	limited_name=$1 limited_mib=$2
	shift 2
	held "$program" scan -v --progress off --no-timing --force --report csv --findings sample -o run \
		--members made/members.csv --providers made/providers.csv --memory "${limited_mib}M" "$@" made/claims.csv
	equal "$limited_name: done" 0 $held_exit
	[ -n "$sanitized" ] || equal "$limited_name: held within" within \
		"$([ "$held_most" -le $((limited_mib * 1024 * 21 / 20)) ] && echo within || echo "$held_most KiB of $limited_mib MiB")"
}

# Bytes that lay in the file of the budget at most.
in_file() {
	grep -oE 'at most [0-9]+' stderr | grep -oE '[0-9]+'
}

# Under a sanitizer all is held several times.
sanitized=$(grep -c '__[at]san_init' "$program" | grep -v '^0$')

exits "claims of many providers" 0 "$program" gen -o made --lines 100000 --providers 50000 --members 100000 \
	--columns full --schemes all --seed 3
limited "much memory" 4096 -j2
equal "much memory: nothing lies in a file" 0 "$(in_file)"
mv run much

for threads in 1 2 4; do
	exits "$threads threads: less than the least" 71 "$program" scan -q --memory 1M -j$threads -o run made/claims.csv
	least=$(grep -oE 'at least [0-9]+ MiB' stderr | grep -oE '[0-9]+')
	limited "$threads threads, the least" "$least" -j$threads
	equal "$threads threads, the least: counters lie in a file" yes "$([ "$(in_file)" -gt 50000000 ] && echo yes)"
	same "$threads threads, the least" much run
	rm -rf run
done
limited "some memory" 150 -j2
equal "some memory: less lies in a file" yes "$([ "$(in_file)" -gt 0 ] && echo yes)"
same "some memory" much run
rm -rf run

# What lies in the file may find no room there.
mkdir spills
full="--memory 60M -j2 --tmp spills --report csv -o run made/claims.csv"
# shellcheck disable=SC2086 # a list of options
exits "a full disk" 74 sh -c 'trap "" XFSZ; ulimit -f 65536; exec "$0" "$@"' "$program" scan -q $full
says "a full disk: names the folder and the option" "spills: cannot write the spill file: .*--tmp names another directory"
equal "a full disk: nothing is left" "" "$(find . -maxdepth 1 \( -name 'run*' -o -name '.run*' \); find spills -mindepth 1)"
