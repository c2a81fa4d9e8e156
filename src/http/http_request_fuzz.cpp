// Bytes of a connection through reader and gate, split at two places that the input chooses: however they
// arrive, the same requests must come out.
#include "http/gate.h"

#include <cstdlib>

namespace {

using namespace sallyport;
using namespace sallyport::http;

const Router& routes()
{
    static const Router router = [] {
        Router made;
        made.add(Method::get, "/", nullptr, {.door = Door::both});
        made.add(Method::post, "/form", nullptr, {.body_bytes_max = 512, .takes_files = true});
        made.add(Method::post, "/item/{id}", nullptr);
        return made;
    }();
    return router;
}

/// What the server would have done, as text.
std::string run(std::string_view input, std::size_t first, std::size_t second)
{
    static const Gate gate({{"a", "localhost:8080"}, {*Network::parse("10.0.0.0/8")}}, routes());
    static const IpAddress peer = *IpAddress::parse("10.0.0.1");
    constexpr std::size_t header_bytes_max = 2048;
    RequestReader reader(header_bytes_max);
    std::string seen;
    std::size_t begin = 0;
    const Router::Route* taken = nullptr;
    for (const std::size_t end : {first, second, input.size()}) {
        for (;;) {
            const auto [progress, used] = reader.advance(input.substr(begin, end - begin));
            begin += used;
            if (progress == RequestReader::Progress::need_more) break;
            if (progress == RequestReader::Progress::refused) {
                return seen + "refused " + std::to_string(reader.refusal().status);
            }
            std::optional<Refusal> refusal;
            const Router::Route* route = nullptr;
            if (progress == RequestReader::Progress::head) {
                refusal = gate.judge_head(reader, peer, Door::public_door, route);
                if (refusal && reader.has_body()) return seen + "closed " + std::to_string(refusal->status);
                taken = route;
                if (!refusal) continue;
            } else {
                refusal = Gate::judge_body(reader, *taken);
            }
            seen += refusal ? "refused " + std::to_string(refusal->status) : "took " + reader.request().path;
            for (const auto& [name, value] : reader.request().form.entries()) seen.append(name).append(value);
            seen += reader.request().client.text();
            reader.reset();
        }
    }
    return seen;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    if (size < 4) return 0;
    const std::size_t length = size - 4;
    const std::string_view input = sallyport::as_text({data + 4, length});
    const auto at = [&](std::size_t i) { return (std::size_t{data[i]} * 256 + data[i + 1]) % (length + 1); };
    const auto [first, second] = std::minmax({at(0), at(2)});
    if (run(input, length, length) != run(input, first, second)) std::abort();
    return 0;
}
