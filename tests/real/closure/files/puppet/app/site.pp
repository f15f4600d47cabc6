notice("hello")
file { "/tmp/hello": content => "hello" }
