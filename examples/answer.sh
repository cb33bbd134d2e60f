#!/bin/sh
# The next call, answered from a shell: opening hours by weekday, anything else by the reply model.
# Needs no more than a running gateway:  examples/answer.sh [NUMBER]

exec clawctl takeover --next ${1:+--number "$1"} --name "opening hours" --exec '
    read -r words
    case $words in
        *[Oo]pen*) echo "We are open from nine to five, Monday to Friday." ;;
        *[Pp]rice*) echo "I will send a list to $CLAWCTL_CALLER_NUMBER." ;;
    esac'
