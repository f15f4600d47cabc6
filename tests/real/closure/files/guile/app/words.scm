(use-modules (ice-9 regex) (ice-9 popen) (srfi srfi-1) (web uri))
(display (length (filter (lambda (word) (string-match "a" word)) '("a" "b"))))
(display (uri-host (string->uri "http://localhost/")))
(newline)
