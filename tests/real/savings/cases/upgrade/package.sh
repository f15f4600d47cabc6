#!/bin/sh
# package.sh VERSION: builds tool_VERSION_all.deb in /tmp, with 4 MB of data; package.sh index: the repository's list.
set -eu
cd /tmp
if [ "$1" = index ]; then
  cd /srv/repository
  for file in *.deb; do
    dpkg-deb --field "$file"
    echo "Filename: ./$file"
    echo "Size: $(stat -c %s "$file")"
    echo "SHA256: $(sha256sum "$file" | cut -d' ' -f1)"
    echo
  done >Packages
  echo 'deb [trusted=yes] file:/srv/repository ./' >/etc/apt/sources.list
  exit
fi
mkdir -p root/DEBIAN root/usr/share/tool
{ cat random.bin && echo "version $1"; } >root/usr/share/tool/data
printf 'Package: tool\nVersion: %s\nArchitecture: all\nMaintainer: nobody <nobody@example.com>\nDescription: data\n' "$1" >root/DEBIAN/control
dpkg-deb --build root "tool_$1_all.deb" >/dev/null
rm -r root
