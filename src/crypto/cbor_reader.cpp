#include "crypto/cbor_reader.h"

#include "base/text.h"

#include <cbor.h>

#include <algorithm>
#include <limits>
#include <utility>

namespace sallyport::crypto {

namespace {

/// What libcbor says of one head.
struct Head {
    std::optional<CborKind> kind = {};
    bool negative = false;
    bool is_map = false;
    std::uint64_t argument = 0;  // number, or length in bytes, items or pairs
    BytesView content = {};
};

Head& head_of(void* context) { return *static_cast<Head*>(context); }

void take_number(void* context, std::uint64_t argument, bool negative)
{
    head_of(context) = {.kind = CborKind::number, .negative = negative, .argument = argument};
}
template <class Number, bool Negative>
void on_number(void* context, Number argument)
{
    take_number(context, argument, Negative);
}
template <CborKind Kind>
void on_string(void* context, cbor_data data, std::size_t size)
{
    head_of(context) = {.kind = Kind, .argument = size, .content = BytesView(data, size)};
}
template <CborKind Kind>
void on_collection(void* context, std::size_t size)
{
    head_of(context) = {.kind = Kind, .argument = size};
}

/// Everything that is not named here stays without a kind: tags, floats, undefined, indefinite lengths.
cbor_callbacks make_callbacks()
{
    cbor_callbacks calls = cbor_empty_callbacks;
    calls.uint8 = on_number<std::uint8_t, false>;
    calls.uint16 = on_number<std::uint16_t, false>;
    calls.uint32 = on_number<std::uint32_t, false>;
    calls.uint64 = on_number<std::uint64_t, false>;
    calls.negint8 = on_number<std::uint8_t, true>;
    calls.negint16 = on_number<std::uint16_t, true>;
    calls.negint32 = on_number<std::uint32_t, true>;
    calls.negint64 = on_number<std::uint64_t, true>;
    calls.byte_string = on_string<CborKind::bytes>;
    calls.string = on_string<CborKind::text>;
    calls.array_start = on_collection<CborKind::array>;
    calls.map_start = on_collection<CborKind::map>;
    calls.null = [](void* context) { head_of(context) = {.kind = CborKind::simple}; };
    calls.boolean = [](void* context, bool) { head_of(context) = {.kind = CborKind::simple}; };
    return calls;
}

/// Bytes of the one head that canonical CBOR allows for `argument`.
std::size_t head_bytes(std::uint64_t argument)
{
    if (argument < 24) return 1;
    if (argument <= std::numeric_limits<std::uint8_t>::max()) return 2;
    if (argument <= std::numeric_limits<std::uint16_t>::max()) return 3;
    return argument <= std::numeric_limits<std::uint32_t>::max() ? 5 : 9;
}

/// Earlier in the order of CTAP2: major type, then length, then bytes.
bool is_before(BytesView a, BytesView b)
{
    const auto major_a = static_cast<std::uint8_t>(a[0] >> 5U);
    const auto major_b = static_cast<std::uint8_t>(b[0] >> 5U);
    if (major_a != major_b) return major_a < major_b;
    if (a.size() != b.size()) return a.size() < b.size();
    return std::ranges::lexicographical_compare(a, b);
}

bool is_text(BytesView content) { return is_valid_text(as_text(content)); }

class Reader {
public:
    explicit Reader(BytesView bytes) : m_bytes(bytes) {}

    Result<CborItem, CborProblem> read()
    {
        if (m_bytes.size() > cbor_bytes_max) return failure(CborProblem::too_large);
        CborItem item;
        if (const auto problem = item_at(1, &item)) return failure(*problem);
        item.encoded = m_bytes.first(m_at);
        return item;
    }

private:
    using Problem = std::optional<CborProblem>;

    Problem read_head(Head& head)
    {
        static const cbor_callbacks calls = make_callbacks();
        const BytesView rest = m_bytes.subspan(m_at);
        const cbor_decoder_result got = cbor_stream_decode(rest.data(), rest.size(), &calls, &head);
        if (got.status == CBOR_DECODER_NEDATA) return CborProblem::truncated;
        if (got.status != CBOR_DECODER_FINISHED) return CborProblem::forbidden;
        if (!head.kind) return CborProblem::forbidden;
        const std::uint64_t wanted =
            *head.kind == CborKind::simple ? 1 : head_bytes(head.argument) + head.content.size();
        if (got.read != wanted) return CborProblem::not_canonical;
        m_at += got.read;
        return std::nullopt;
    }

    /// Checks one item; what it holds goes to `out`, where that is wanted.
    Problem item_at(int level, CborItem* out)
    {
        if (level > cbor_levels_max) return CborProblem::too_large;
        Head head;
        if (const Problem problem = read_head(head)) return problem;
        if (out != nullptr) {
            out->kind = *head.kind;
            out->content = head.content;
        }
        switch (*head.kind) {
        case CborKind::number: return number(head, out);
        case CborKind::text:
            return is_text(head.content) ? std::nullopt : Problem(CborProblem::not_canonical);
        case CborKind::array: return array(head.argument, level, out);
        case CborKind::map: return map(head.argument, level, out);
        case CborKind::bytes:
        case CborKind::simple: return std::nullopt;
        }
        std::unreachable();
    }

    static Problem number(const Head& head, CborItem* out)
    {
        if (head.argument > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()))
            return CborProblem::forbidden;
        const auto value = static_cast<std::int64_t>(head.argument);
        if (out != nullptr) out->number = head.negative ? -1 - value : value;
        return std::nullopt;
    }

    Problem part(int level, CborItem* out, BytesView& encoded)
    {
        const std::size_t from = m_at;
        if (const Problem problem = item_at(level + 1, nullptr)) return problem;
        encoded = m_bytes.subspan(from, m_at - from);
        if (out != nullptr) out->parts.push_back(encoded);
        return std::nullopt;
    }

    Problem array(std::uint64_t items, int level, CborItem* out)
    {
        if (items > cbor_items_max) return CborProblem::too_large;
        BytesView encoded;
        for (std::uint64_t i = 0; i < items; ++i) {
            if (const Problem problem = part(level, out, encoded)) return problem;
        }
        return std::nullopt;
    }

    Problem map(std::uint64_t pairs, int level, CborItem* out)
    {
        if (pairs > cbor_items_max) return CborProblem::too_large;
        BytesView last;
        for (std::uint64_t i = 0; i < pairs; ++i) {
            BytesView key;
            BytesView value;
            if (const Problem problem = part(level, out, key)) return problem;
            if (i > 0 && !is_before(last, key)) return CborProblem::unsorted;
            last = key;
            if (const Problem problem = part(level, out, value)) return problem;
        }
        return std::nullopt;
    }

    BytesView m_bytes;
    std::size_t m_at = 0;
};

template <class Item>
Result<Item, CborProblem> whole(Result<Item, CborProblem> front, BytesView bytes, std::size_t read)
{
    if (front && read != bytes.size()) return failure(CborProblem::trailing);
    return front;
}

}  // namespace

std::optional<std::string_view> CborItem::text() const noexcept
{
    return kind == CborKind::text ? std::optional(as_text(content)) : std::nullopt;
}
std::optional<BytesView> CborItem::bytes() const noexcept
{
    return kind == CborKind::bytes ? std::optional(content) : std::nullopt;
}
std::optional<std::int64_t> CborItem::integer() const noexcept
{
    return kind == CborKind::number ? std::optional(number) : std::nullopt;
}

Result<CborItem, CborProblem> read_cbor_front(BytesView bytes) { return Reader(bytes).read(); }

Result<CborItem, CborProblem> read_cbor(BytesView bytes)
{
    auto front = read_cbor_front(bytes);
    const std::size_t read = front ? front->encoded.size() : 0;
    return whole(std::move(front), bytes, read);
}

Result<CborMap, CborProblem> CborMap::read_front(BytesView bytes)
{
    auto item = read_cbor_front(bytes);
    if (!item) return failure(item.error());
    if (item->kind != CborKind::map) return failure(CborProblem::wrong_kind);
    return CborMap(std::move(*item));
}

Result<CborMap, CborProblem> CborMap::read(BytesView bytes)
{
    auto front = read_front(bytes);
    const std::size_t read = front ? front->encoded().size() : 0;
    return whole(std::move(front), bytes, read);
}

template <class Key>
std::optional<CborItem> CborMap::find_key(const Key& matches) const
{
    for (std::size_t i = 0; i + 1 < m_item.parts.size(); i += 2) {
        const auto key = read_cbor(m_item.parts[i]);
        if (!key || !matches(*key)) continue;
        auto value = read_cbor(m_item.parts[i + 1]);
        if (!value) return std::nullopt;  // cannot be: it was checked with the map
        return std::move(*value);
    }
    return std::nullopt;
}

std::optional<CborItem> CborMap::find(std::int64_t key) const
{
    return find_key([key](const CborItem& item) { return item.integer() == key; });
}
std::optional<CborItem> CborMap::find(std::string_view key) const
{
    return find_key([key](const CborItem& item) { return item.text() == key; });
}

std::optional<BytesView> CborMap::bytes(std::int64_t key) const
{
    const auto item = find(key);
    return item ? item->bytes() : std::nullopt;
}
std::optional<BytesView> CborMap::bytes(std::string_view key) const
{
    const auto item = find(key);
    return item ? item->bytes() : std::nullopt;
}
std::optional<std::int64_t> CborMap::integer(std::int64_t key) const
{
    const auto item = find(key);
    return item ? item->integer() : std::nullopt;
}
std::optional<std::int64_t> CborMap::integer(std::string_view key) const
{
    const auto item = find(key);
    return item ? item->integer() : std::nullopt;
}
std::optional<std::string_view> CborMap::text(std::string_view key) const
{
    const auto item = find(key);
    return item ? item->text() : std::nullopt;
}

std::vector<std::string_view> CborMap::names() const
{
    std::vector<std::string_view> found;
    for (std::size_t i = 0; i + 1 < m_item.parts.size(); i += 2) {
        const auto key = read_cbor(m_item.parts[i]);
        if (const auto name = key ? key->text() : std::nullopt) found.push_back(*name);
    }
    return found;
}

}  // namespace sallyport::crypto
