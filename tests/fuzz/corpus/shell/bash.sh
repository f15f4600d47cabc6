#!/bin/bash
declare -a list=(one "two three" [4]=x)
map[key]=v; list+=(more)
if [[ $1 == -* && ! ( -f "$2" || $3 =~ ^(a|b)+$ ) ]]; then (( n++ )); fi
for ((i = 0; i < ${#list[@]}; i++)); do echo "${list[i]^^} ${x//a\/b/c} ${y: -1:2} ${!name} ${!pre*} $'\n\x41' $"t" $[1+2]"; done
select a in b c; do break; done
diff <(sort a) <(sort b) &>out |& tee >(cat) <<< "here $x"
case $x in @(a|b)*) ;& ?(c)) ;;& *) esac
function g { time -p ls; }
coproc W { cat; }
exec {fd}>file 2>&1
((a) || (b))
