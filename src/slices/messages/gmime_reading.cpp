#include "slices/messages/gmime_reading.h"

#include "base/check.h"

#include <gmime/gmime.h>

#include <algorithm>
#include <memory>

namespace sallyport::messages::gmime {

namespace {

struct Unref {
    void operator()(void* object) const noexcept { g_object_unref(object); }
};
template <class T>
using Ref = std::unique_ptr<T, Unref>;

struct Free {
    void operator()(char* text) const noexcept { g_free(text); }
};
using Text = std::unique_ptr<char, Free>;

struct FreeOptions {
    void operator()(GMimeParserOptions* options) const noexcept { g_mime_parser_options_free(options); }
};
using Options = std::unique_ptr<GMimeParserOptions, FreeOptions>;

Options make_options()
{
    static const bool started = [] {
        g_mime_init();
        return true;
    }();
    CHECK(started);
    return Options(g_mime_parser_options_new());
}

std::string taken(Text text) { return text ? std::string(text.get()) : std::string(); }

std::string bytes_of(GMimeStream* memory)
{
    const GByteArray* const bytes = g_mime_stream_mem_get_byte_array(GMIME_STREAM_MEM(memory));
    if (bytes == nullptr || bytes->data == nullptr) return {};
    return {reinterpret_cast<const char*>(bytes->data), bytes->len};
}

std::string written(GMimeObject* object)
{
    const Ref<GMimeStream> memory(g_mime_stream_mem_new());
    g_mime_object_write_to_stream(object, nullptr, memory.get());
    return bytes_of(memory.get());
}

std::string lower(std::string text)
{
    std::ranges::transform(text, text.begin(),
                           [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
    return text;
}

/// The transfer encoding undone, and the charset where it is known; a NUL stays one.
std::string decoded(GMimePart* part)
{
    GMimeDataWrapper* const content = g_mime_part_get_content(part);
    if (content == nullptr) return {};
    const Ref<GMimeStream> memory(g_mime_stream_mem_new());
    const char* const charset =
        g_mime_object_get_content_type_parameter(reinterpret_cast<GMimeObject*>(part), "charset");
    const std::string named = lower(charset == nullptr ? "utf-8" : charset);
    if (named == "utf-8" || named == "us-ascii") {
        g_mime_data_wrapper_write_to_stream(content, memory.get());
        return bytes_of(memory.get());
    }
    const Ref<GMimeStream> filtered(g_mime_stream_filter_new(memory.get()));
    const Ref<GMimeFilter> filter(g_mime_filter_charset_new(charset, "utf-8"));
    if (filter) g_mime_stream_filter_add(GMIME_STREAM_FILTER(filtered.get()), filter.get());
    g_mime_data_wrapper_write_to_stream(content, filtered.get());
    g_mime_stream_flush(filtered.get());
    return bytes_of(memory.get());
}

/// Takes one upload apart.
class Walk {
public:
    explicit Walk(const Limits& limits) : m_limits(limits) {}

    bool add_mail(GMimeMessage* message, std::string raw, int depth)
    {
        if (m_mails.size() == m_limits.mails_max) return false;
        const std::size_t at = m_mails.size();
        m_mails.emplace_back().raw = std::move(raw);
        GMimeObject* const body = g_mime_message_get_mime_part(message);
        return body == nullptr || add_part(body, at, depth + 1);
    }
    std::vector<ReadMail> take() { return std::move(m_mails); }

private:
    bool add_part(GMimeObject* part, std::size_t mail, int depth)
    {
        if (depth > m_limits.nesting_max || ++m_parts > m_limits.parts_max) return false;
        if (GMIME_IS_MULTIPART(part)) {
            auto* const parts = GMIME_MULTIPART(part);
            const int count = g_mime_multipart_get_count(parts);
            for (int i = 0; i < count; ++i)
                if (!add_part(g_mime_multipart_get_part(parts, i), mail, depth + 1)) return false;
            return true;
        }
        if (GMIME_IS_MESSAGE_PART(part)) {
            m_mails[mail].has_other_parts = true;
            GMimeMessage* const inner = g_mime_message_part_get_message(GMIME_MESSAGE_PART(part));
            return inner == nullptr || add_mail(inner, written(GMIME_OBJECT(inner)), depth);
        }
        add_leaf(part, mail);
        return true;
    }
    void add_leaf(GMimeObject* part, std::size_t mail)
    {
        ReadMail& into = m_mails[mail];
        GMimeContentType* const type = g_mime_object_get_content_type(part);
        const bool is_shown = GMIME_IS_PART(part) && !g_mime_part_is_attachment(GMIME_PART(part));
        const bool is_plain = is_shown && g_mime_content_type_is_type(type, "text", "plain");
        const bool is_html = is_shown && g_mime_content_type_is_type(type, "text", "html");
        auto& place = is_html ? into.html : into.text;
        if ((is_plain || is_html) && !place)
            place = decoded(GMIME_PART(part));
        else
            into.has_other_parts = true;
    }

    const Limits& m_limits;
    std::vector<ReadMail> m_mails;
    std::size_t m_parts = 0;
};

}  // namespace

std::optional<std::vector<ReadMail>> read(std::string raw, const Limits& limits)
{
    const Options options = make_options();
    const Ref<GMimeStream> stream(g_mime_stream_mem_new_with_buffer(raw.data(), raw.size()));
    const Ref<GMimeParser> parser(g_mime_parser_new_with_stream(stream.get()));
    const Ref<GMimeMessage> message(g_mime_parser_construct_message(parser.get(), options.get()));
    if (!message) {
        ReadMail bare;
        bare.raw = std::move(raw);
        std::vector<ReadMail> alone;
        alone.push_back(std::move(bare));
        return alone;
    }
    Walk walk(limits);
    if (!walk.add_mail(message.get(), std::move(raw), 0)) return std::nullopt;
    return walk.take();
}

std::string decoded_text(std::string_view value)
{
    const Options options = make_options();
    const std::string text(value);
    const Text unfolded(g_mime_utils_header_unfold(text.c_str()));
    return taken(Text(g_mime_utils_header_decode_text(options.get(), unfolded.get())));
}

std::string addresses(std::string_view value)
{
    const Options options = make_options();
    const std::string text(value);
    const Ref<InternetAddressList> list(internet_address_list_parse(options.get(), text.c_str()));
    std::string out;
    const int count = list ? internet_address_list_length(list.get()) : 0;
    for (int i = 0; i < count; ++i) {
        InternetAddress* const one = internet_address_list_get_address(list.get(), i);
        const char* const name = internet_address_get_name(one);
        if (i > 0) out += ", ";
        if (name != nullptr && *name != '\0') out.append(name).append(" ");
        if (INTERNET_ADDRESS_IS_MAILBOX(one)) {
            // In ASCII, as ours is.
            const char* const address = internet_address_mailbox_get_idn_addr(INTERNET_ADDRESS_MAILBOX(one));
            out.append("<").append(address == nullptr ? "" : address).append(">");
        } else {
            out += ": group";
        }
    }
    return out;
}

std::string one_address(std::string_view value)
{
    const std::string all = addresses(value);
    const std::size_t begun = all.rfind('<');
    if (begun == std::string::npos || !all.ends_with('>') || all.find(", ") != std::string::npos) return {};
    return all.substr(begun + 1, all.size() - begun - 2);
}

std::string media_type(std::string_view value)
{
    const Options options = make_options();
    const std::string text(value);
    const Ref<GMimeContentType> type(g_mime_content_type_parse(options.get(), text.c_str()));
    return type ? lower(taken(Text(g_mime_content_type_get_mime_type(type.get())))) : std::string();
}

}  // namespace sallyport::messages::gmime
