#include "proof/blocklist.h"

#include <algorithm>

// The file reader with any bytes (once as they are, once with the right digest, so that the rest of it is
// reached), and the two questions with any password.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    using namespace sallyport;
    namespace format = proof::blocklist_format;
    Bytes file(data, data + size);
    const std::string_view text = as_text(file);
    if (const auto list = proof::Blocklist::open(file)) static_cast<void>(list->contains(text));
    static_cast<void>(proof::Blocklist::embedded().contains(text));
    const std::vector<std::string> names{std::string(text.substr(0, size / 2)), "alice"};
    static_cast<void>(proof::is_like_name(text.substr(size / 2), names));
    if (file.size() < format::slots_offset) return 0;
    std::ranges::copy(format::magic, file.begin());
    std::ranges::copy(format::digest_of(file), file.begin() + format::digest_offset);
    if (const auto list = proof::Blocklist::open(file)) static_cast<void>(list->contains(as_text(file)));
    return 0;
}
