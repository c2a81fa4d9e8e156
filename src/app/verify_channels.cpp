// `sallyport channels verify`: for anybody who has a copy of the list and the keys, without us.
#include "adapters/fetch.h"
#include "app/commands.h"
#include "slices/site/official_channels.h"

#include <fstream>
#include <iostream>
#include <sstream>

namespace sallyport::app {

namespace {

bool is_address(const std::string& place)
{
    return place.starts_with("https://") || place.starts_with("http://");
}

Result<std::string, std::string> content_of(const std::string& place)
{
    if (is_address(place)) return adapters::fetch(place);
    std::ifstream in(place, std::ios::binary);
    if (!in) return failure(place + " cannot be read");
    std::ostringstream text;
    text << in.rdbuf();
    return text.str();
}

int complain(const std::string& what)
{
    std::cerr << "NOT VERIFIED: " << what << '\n';
    return 1;
}

}  // namespace

int run_verify_channels(const std::string& document, const std::string& keys)
{
    std::string place = keys;
    if (place.empty() && is_address(document))
        place = document.substr(0, document.find('/', document.find("://") + 3)) + "/.well-known/jwks.json";
    if (place.empty())
        return complain("name the exchange's keys with --keys: a copy of its /.well-known/jwks.json");
    const auto text = content_of(document);
    if (!text) return complain(text.error());
    const auto key_text = content_of(place);
    if (!key_text) return complain(key_text.error());
    const auto known = site::keys_of_set(*key_text);
    if (known.empty()) return complain(place + " holds no keys");
    const auto verified = site::verify_channels(*text, known);
    if (!verified) return complain(verified.error());
    std::cout << "Verified: version " << verified->version << " of " << verified->issuer << '\n'
              << verified->lines;
    if (keys.empty())
        std::cout
            << "The keys came from the same address. Compare with a copy that you have had for longer.\n";
    return 0;
}

}  // namespace sallyport::app
