# usage: unpack.sh ROOT PACKAGE…: unpacks packages into ROOT without dpkg's database, keeping their control data.
set -eu
root=$1
shift
mkdir -p "$root/var/lib/dpkg/status.d"
cd /tmp
apt-get download "$@"
for package in "$@"; do
  deb=$(ls "$package"_*.deb)
  dpkg-deb -x "$deb" "$root"
  dpkg-deb -f "$deb" > "$root/var/lib/dpkg/status.d/$package"
  dpkg-deb -e "$deb" control
  cp control/md5sums "$root/var/lib/dpkg/status.d/$package.md5sums"
  rm -r control "$deb"
done
