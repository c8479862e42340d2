# expect: none
FROM scratch
