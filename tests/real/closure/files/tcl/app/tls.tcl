package require tls
puts [tls::version]
