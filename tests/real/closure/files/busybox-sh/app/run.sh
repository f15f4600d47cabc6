mkdir -p /srv
cp /etc/passwd /srv/
exec busybox httpd -f -p 8000 -h /srv
