run ->(environment) { [200, { 'Content-Type' => 'text/plain' }, ['hello']] }
