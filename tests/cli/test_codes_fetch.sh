# SPDX-License-Identifier: Apache-2.0
# scripts/get-codesets, from a mirror of file:// addresses.
. "$(dirname "$0")/assert.sh"

for tool in curl unzip zip; do
	command -v $tool >/dev/null 2>&1 || { skip "get-codesets: $tool is not here"; exit 0; }
done

get=$root/scripts/get-codesets
mirror=$work/mirror
zips=$mirror/www.cms.gov/files/zip
mkdir -p "$zips" "$mirror/oig.hhs.gov/x"
awk 'BEGIN { srand(1); for (i = 0; i < 20000; i++) print rand() }' >order.txt
zip -q "$zips/a.zip" order.txt
cp "$zips/a.zip" inner.zip
zip -q "$zips/outer.zip" inner.zip order.txt
printf 'LASTNAME,FIRSTNAME\nA,B\n' >"$mirror/oig.hhs.gov/x/UPDATED.csv"
printf '<!DOCTYPE html>\n<html>moved</html>\n' >"$zips/moved.zip"
cat >releases <<-LIST
	# set, least bytes, address
	icd10cm 1000 https://www.cms.gov/files/zip/a.zip
	hcc 1000 https://www.cms.gov/files/zip/outer.zip
	leie 10 https://oig.hhs.gov/x/UPDATED.csv
LIST
fetch() {
	"$get" --base "file://$mirror" --from releases "$@"
}

exits "get-codesets: all" 0 fetch out
equal "get-codesets: each in the folder of its set" \
	"out/.sha256sums out/hcc/inner.zip out/hcc/outer.zip out/icd10cm/a.zip out/leie/UPDATED.csv " \
	"$(find out -type f | LC_ALL=C sort | tr '\n' ' ')"
equal "get-codesets: the bytes" "$(cksum <"$zips/a.zip")" "$(cksum <out/icd10cm/a.zip)"
equal "get-codesets: sums that sha256sum can check" 0 \
	"$(cd out && sha256sum --quiet -c .sha256sums >/dev/null 2>&1; echo $?)"
says "get-codesets: says what comes next" "claimscan codes build out -o"

exits "get-codesets: again" 0 fetch out
says "get-codesets: again finds all here" "here     icd10cm/a.zip"
exits "get-codesets: one set" 0 fetch one leie
equal "get-codesets: one set alone" "leie" "$(ls one)"

# Taken up where it ended: the part's first bytes are told from the mirror's by case.
rm out/leie/UPDATED.csv
printf 'lastname,' >out/leie/.UPDATED.csv.part
exits "get-codesets: goes on with a part" 0 fetch out leie
equal "get-codesets: goes on behind it" "lastname,FIRSTNAME" "$(head -n 1 out/leie/UPDATED.csv)"
rm out/icd10cm/a.zip
head -c 1000 "$zips/a.zip" >out/icd10cm/.a.zip.part
exits "get-codesets: goes on with a zip" 0 fetch out icd10cm
equal "get-codesets: and has all of it" "$(cksum <"$zips/a.zip")" "$(cksum <out/icd10cm/a.zip)"
rm out/icd10cm/a.zip
head -c 1000 order.txt >out/icd10cm/.a.zip.part
exits "get-codesets: a part of another file" 0 fetch out icd10cm
equal "get-codesets: is fetched anew" "$(cksum <"$zips/a.zip")" "$(cksum <out/icd10cm/a.zip)"

printf 'x' | dd of=out/icd10cm/a.zip bs=1 seek=500 conv=notrunc 2>/dev/null
exits "get-codesets: a changed byte" 65 fetch out
says "get-codesets: a changed byte is named" "icd10cm/a.zip"
exits "get-codesets: --refresh mends it" 0 fetch --refresh out icd10cm
equal "get-codesets: mended" "$(cksum <"$zips/a.zip")" "$(cksum <out/icd10cm/a.zip)"
echo 'C,D' >>"$mirror/oig.hhs.gov/x/UPDATED.csv"
exits "get-codesets: --refresh of what has changed" 0 fetch --refresh out leie
says "get-codesets: says that it has changed" "changed  leie/UPDATED.csv"

echo 'hcc 5 https://www.cms.gov/files/zip/moved.zip' >>releases
exits "get-codesets: a web page for a file" 65 fetch out
says "get-codesets: a web page by name" "hcc/moved.zip: is a web page"
equal "get-codesets: a web page is not kept" "" "$(find out -name '*moved*')"
echo 'hcc 5 https://www.cms.gov/files/zip/gone.zip' >releases
exits "get-codesets: a file that is not there" 66 fetch out
says "get-codesets: names its address" "gone.zip"
echo 'leie 1000 https://oig.hhs.gov/x/UPDATED.csv' >releases
exits "get-codesets: a file too small" 65 fetch small
says "get-codesets: says how small" "should have 1000"
head -c 5000 "$zips/a.zip" >"$zips/cut.zip"
echo 'hcc 5 https://www.cms.gov/files/zip/cut.zip' >releases
exits "get-codesets: a zip cut off" 65 fetch small
says "get-codesets: a zip cut off by name" "no whole zip"

exits "get-codesets: no folder" 64 "$get"
exits "get-codesets: no such set" 64 fetch out icd9
says "get-codesets: names the sets" "hcc"
exits "get-codesets: no such option" 64 "$get" --bas x out
touch file
exits "get-codesets: a folder that cannot be made" 73 fetch file/out
exits "get-codesets: --list" 0 "$get" --list
equal "get-codesets: --list has the five sets of the public domain, and the pages of NCCI and MPFS" \
	"hcc hcpcs icd10cm icd10pcs leie msdrg yes" \
	"$(awk '!NF { exit } { print $1 }' stdout | sort -u | tr '\n' ' ')$(
		grep -q 'NCCI PTP' stdout && grep -q 'MPFS' stdout && echo yes)"

# What was fetched is a folder that builds as it lies, zips and all.
. "$root/tests/cli/releases.sh"
mkdir tables && icd10cm_2026 >tables/icd10cm_order_2026.txt && exclusions >"$mirror/oig.hhs.gov/x/UPDATED.csv"
(cd tables && zip -q "$zips/tables.zip" icd10cm_order_2026.txt)
cat >releases <<-LIST
	icd10cm 100 https://www.cms.gov/files/zip/tables.zip
	leie 100 https://oig.hhs.gov/x/UPDATED.csv
LIST
exits "get-codesets: what is to be built" 0 fetch fetched
exits "codes build of what was fetched" 0 "$program" codes build fetched -o images
equal "codes build of what was fetched: both sets, and all that is there is read" "icd10cm 7 leie 1 " \
	"$(sed -n '/^set/,/^$/p' stdout | awk 'NR > 1 && NF { printf "%s %s ", $1, $3 }')$(grep '^Not read' stdout)"
