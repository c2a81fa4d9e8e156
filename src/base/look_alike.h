#pragma once
// Names as people see them: letters of other scripts that look the same, host names written in punycode, and
// characters that are not seen at all.
#include <cstddef>
#include <string>
#include <string_view>

namespace sallyport {

/// Two texts that a reader may take for each other have one key: punycode labels become what browsers show
/// (UTS 46), compatibility forms and case are folded, and look-alikes of any script replaced (UTS 39 section
/// 4, confusables). For naming what a text resembles, never for deciding that it is the same. Empty where the
/// text is not valid or longer than 512 bytes.
std::string look_alike_key(std::string_view text);

/// Controls, marks that turn the direction of reading, and characters without width (Unicode 15: Cc, Cf,
/// Default_Ignorable_Code_Point). `text` is valid UTF-8.
bool has_hidden_characters(std::string_view text);

/// Steps of one letter (put in, left out or replaced, or two neighbours swapped) from one to the other, in
/// code points; at most `most` + 1 is counted.
std::size_t letters_apart(std::string_view one, std::string_view other, std::size_t most);

}  // namespace sallyport
