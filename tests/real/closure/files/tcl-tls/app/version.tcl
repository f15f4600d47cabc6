package require tls
package require http
puts [tls::version]
