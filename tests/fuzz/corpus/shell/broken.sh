cat <<-A <<B $(x
	y
	A
$z
B
)
"unterminated
