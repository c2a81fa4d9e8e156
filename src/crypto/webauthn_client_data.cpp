#include "crypto/webauthn_client_data.h"

#include "base/check.h"
#include "crypto/webauthn_json.h"

#include <algorithm>
#include <utility>

namespace sallyport::crypto {

namespace {

using enum WebauthnRefusal;

WebauthnRefusal refusal_of(JsonProblem problem)
{
    switch (problem) {
    case JsonProblem::malformed: return client_data_malformed;
    case JsonProblem::twice: return client_data_name_twice;
    case JsonProblem::too_large: return client_data_too_large;
    }
    std::unreachable();
}

/// Moves the member's value out; false where it is of another kind.
template <class T>
bool take(JsonMember& member, std::optional<T>& out)
{
    auto* const value = std::get_if<T>(&member.value);
    if (value == nullptr) return false;
    out = std::move(*value);
    return true;
}

bool is_listed(std::span<const std::string> list, std::string_view wanted)
{
    return std::ranges::find(list, wanted) != list.end();
}

}  // namespace

Result<ClientData, WebauthnRefusal> read_client_data(BytesView json)
{
    if (json.size() > client_data_bytes_max) return failure(client_data_too_large);
    auto members = read_json_object(as_text(json));
    if (!members) return failure(refusal_of(members.error()));
    std::optional<std::string> type;
    std::optional<std::string> challenge;
    std::optional<std::string> origin;
    std::optional<bool> cross_origin;
    ClientData data;
    for (JsonMember& member : *members) {
        bool good = true;
        if (member.name == "type") good = take(member, type);
        if (member.name == "challenge") good = take(member, challenge);
        if (member.name == "origin") good = take(member, origin);
        if (member.name == "crossOrigin") good = take(member, cross_origin);
        if (member.name == "topOrigin") good = take(member, data.top_origin);
        if (!good) return failure(client_data_incomplete);
    }
    if (!type || !challenge || !origin) return failure(client_data_incomplete);
    data.type = std::move(*type);
    data.challenge = std::move(*challenge);
    data.origin = std::move(*origin);
    data.cross_origin = cross_origin.value_or(false);
    return data;
}

std::optional<WebauthnRefusal> check_client_data(const ClientData& data, std::string_view type,
                                                 const WebauthnExpectation& expected)
{
    CHECK(!expected.challenge.empty());
    if (data.type != type) return type_wrong;
    if (!equal_constant_time(as_bytes(data.challenge), as_bytes(to_base64url(expected.challenge))))
        return challenge_wrong;
    if (!is_listed(expected.origins, data.origin)) return origin_wrong;
    if (data.cross_origin && !expected.cross_origin) return cross_origin_refused;
    if (data.top_origin && (!data.cross_origin || !is_listed(expected.top_origins, *data.top_origin)))
        return top_origin_wrong;
    return std::nullopt;
}

}  // namespace sallyport::crypto
