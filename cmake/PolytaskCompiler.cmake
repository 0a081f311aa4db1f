# How our own code is compiled; never exported to users of the library.

add_library(polytask_compiler INTERFACE)
target_compile_options(polytask_compiler INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wno-sign-conversion -Werror
  # g++ 12 warns of string concatenation that is in order (its bug 105329).
  -Wno-restrict
  # Designated initialisers name what differs from the default.
  -Wno-missing-field-initializers
  -fvisibility=hidden -ffp-contract=off)
if(POLYTASK_SANITIZE)
  add_compile_options(-fsanitize=${POLYTASK_SANITIZE}
    -fno-omit-frame-pointer -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${POLYTASK_SANITIZE})
endif()
