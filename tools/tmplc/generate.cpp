#include "generate.h"

#include "writer.h"

namespace tmplc {
namespace {

std::string cpp_type(const Type& type)
{
    std::string name;
    switch (type.kind) {
    case Kind::text:
    case Kind::url:
    case Kind::outside_url: name = "std::string"; break;
    case Kind::flag: name = "bool"; break;
    case Kind::number: name = "std::int64_t"; break;
    case Kind::time: name = "Instant"; break;
    case Kind::duration: name = "Duration"; break;
    case Kind::svg: name = "render::Svg"; break;
    case Kind::message: name = "render::Message"; break;
    case Kind::secret: name = "Secret"; break;
    case Kind::problems: name = "render::Problems"; break;
    case Kind::record: name = type.record->name; break;
    case Kind::list: name = "std::vector<" + cpp_type(*type.element) + ">"; break;
    }
    return type.optional ? "std::optional<" + name + ">" : name;
}

std::string struct_of(const Record& record, int depth)
{
    const std::string indent(static_cast<std::size_t>(depth) * 4, ' ');
    std::string code = indent + "struct " + record.name + " {\n";
    for (const Field& field : record.fields) {
        if (field.type.record) code += struct_of(*field.type.record, depth + 1);
    }
    for (const Field& field : record.fields) {
        const bool scalar =
            !field.type.optional && (field.type.kind == Kind::flag || field.type.kind == Kind::number ||
                                     field.type.kind == Kind::time || field.type.kind == Kind::duration);
        code += indent + "    " + cpp_type(field.type) + " " + field.name + (scalar ? "{}" : "") + ";\n";
    }
    return code + indent + "};\n";
}

void json_of(const Record& record, const std::string& cpp, int depth, std::string& code)
{
    const std::string indent(static_cast<std::size_t>(depth) * 4, ' ');
    std::string before = "{";
    for (const Field& field : record.fields) {
        if (field.type.kind == Kind::svg) continue;  // a picture of what stands in another field
        code += indent + "out += " + literal(before + "\"" + field.name + "\":") + ";\n";
        before = ",";
        const std::string value = cpp + "." + field.name;
        if (!field.type.record) {
            code += indent + "put_json(out, " + value + ");\n";
            continue;
        }
        const std::string item = "item_" + std::to_string(depth);
        code += indent + "out += '[';\n" + indent + "for (const auto& " + item + " : " + value + ") {\n";
        code += indent + "    if (&" + item + " != &" + value + ".front()) out += ',';\n";
        json_of(*field.type.record, item, depth + 1, code);
        code += indent + "}\n" + indent + "out += ']';\n";
    }
    code += indent + "out += \"" + (before == "{" ? "{}" : "}") + "\";\n";
}

const std::string source_head = "#include \"render/write.h\"\n";
const std::string opening = "\nnamespace sallyport::render {\n\n";
const std::string closing = "\n}  // namespace sallyport::render\n";

std::string header_of(const Record& record, const std::string& file, const std::string& functions)
{
    return "// Made by tmplc from web/templates/" + file +
           "\n#pragma once\n#include \"base/secret.h\"\n#include \"render/page.h\"\n"
           "#include \"render/svg.h\"\n\nnamespace sallyport::views {\n\n" +
           struct_of(record, 0) + "\n}  // namespace sallyport::views\n" + opening + functions + closing;
}

/// title of a page or subject of a mail, as an expression.
std::string title_of(Writer& writer, const Template& view, const char* what)
{
    if (view.title.empty())
        throw BuildError({view.file, 1}, std::string("{% title key %} is missing: ") + what);
    return writer.message(view.title.front().value);
}

void check_view(const Template& view)
{
    if (view.kind != Template::Kind::view) throw BuildError({view.file, 1}, "expected {% view Name %}");
    for (const Field& field : view.record.fields) {
        if (field.type.kind == Kind::problems && field.name != "problems") {
            throw BuildError(field.place, "the one field of type problems is called problems");
        }
        if (field.name == "page" || field.name == "content" || field.name == "lang" || field.name == "dir")
            throw BuildError(field.place, field.name + " is taken");
    }
}

Writer writer_for(const World& world, const Template& view, const std::string& frame, bool as_html, bool mail)
{
    Writer writer(world, as_html, mail);
    writer.bind_page(world.open(frame, {view.file, 1}).record);
    for (const Field& field : view.record.fields) {
        writer.bind(field.name, {Value::Kind::stored, "view." + field.name, field.type});
    }
    return writer;
}

}  // namespace

Source generate_page(const World& world, const Template& view, const std::string& stem)
{
    check_view(view);
    const std::string type = "views::" + view.record.name;
    Writer writer = writer_for(world, view, world.page_frame, true, false);
    const std::string title = title_of(writer, view, "the page's <title>");
    writer.write(view.nodes);
    const std::string body = writer.finish({view.file, 1});
    const bool problems = view.record.find("problems") != nullptr;
    Source made;
    made.header = header_of(view.record, view.file,
                            "/// The whole page.\nvoid write_html(const " + type +
                                "& view, const Page& page, std::string& out);\n"
                                "void write_json(const " +
                                type + "& view, std::string& out);\n");
    made.source =
        "#include \"views/" + stem + ".h\"\n\n" + source_head + "#include \"views/frames.h\"\n" + opening;
    made.source +=
        "void write_html([[maybe_unused]] const " + type + "& view, const Page& page, std::string& out)\n{\n";
    made.source += "    const std::string title(" + title + ");\n";
    made.source += std::string("    ") + (problems ? "const Problems& problems = view.problems;\n"
                                                   : "static const Problems problems;\n");
    made.source += "    begin_page(page, title, problems, out);\n" + body +
                   "    end_page(page, title, problems, out);\n}\n\n";
    made.source += "void write_json([[maybe_unused]] const " + type + "& view, std::string& out)\n{\n";
    json_of(view.record, "view", 1, made.source);
    made.source += "}\n" + closing;
    return made;
}

Source generate_mail(const World& world, const Template& html_part, const Template& text_part,
                     const std::string& stem)
{
    check_view(html_part);
    const std::string type = "views::" + html_part.record.name;
    const std::string parameters =
        "([[maybe_unused]] const " + type + "& view, [[maybe_unused]] const Letter& page, std::string& out)";
    Writer writer = writer_for(world, html_part, world.letter_frame, true, true);
    const std::string subject = title_of(writer, html_part, "the mail's subject");
    writer.write(html_part.nodes);
    const std::string body = writer.finish({html_part.file, 1});
    Writer text_writer = writer_for(world, html_part, world.letter_frame, false, true);
    text_writer.write(text_part.nodes);
    const std::string text_body = text_writer.finish({text_part.file, 1});
    Source made;
    made.header = header_of(html_part.record, html_part.file,
                            "std::string mail_subject(const " + type +
                                "& view, const Letter& page);\n"
                                "void write_mail_html(const " +
                                type +
                                "& view, const Letter& page, std::string& out);\n"
                                "void write_mail_text(const " +
                                type + "& view, const Letter& page, std::string& out);\n");
    made.source = "#include \"views/mail/" + stem + ".h\"\n\n" + source_head +
                  "#include \"views/frames.h\"\n" + opening;
    made.source +=
        "std::string mail_subject([[maybe_unused]] const " + type + "& view, const Letter& page)\n{\n";
    made.source += "    std::string line;\n    escape_plain(line, " + subject + ");\n    return line;\n}\n\n";
    made.source += "void write_mail_html" + parameters +
                   "\n{\n    const std::string title = mail_subject(view, page);\n";
    made.source +=
        "    begin_mail_html(page, title, out);\n" + body + "    end_mail_html(page, title, out);\n}\n\n";
    made.source += "void write_mail_text" + parameters +
                   "\n{\n    const std::string title = mail_subject(view, page);\n";
    made.source += "    begin_mail_text(page, title, out);\n" + text_body +
                   "    end_mail_text(page, title, out);\n}\n" + closing;
    return made;
}

std::string generate_frames(const World& world, const Template& page, const Template& letter,
                            const Template& letter_text)
{
    std::string code = "// Made by tmplc\n#include \"views/frames.h\"\n\n" + source_head + opening;
    const auto frame = [&](const Template& file, const Record& record, bool as_html, bool mail,
                           const std::string& name, const std::string& parameters) {
        Writer writer(world, as_html, mail);
        writer.bind_page(record);
        writer.bind("title", {Value::Kind::formatted, "title", {}});
        if (!mail)
            writer.bind("problems",
                        {Value::Kind::stored, "problems", Type{Kind::problems, false, nullptr, nullptr}});
        writer.write(file.nodes);
        const std::string second = writer.finish({file.file, 1});
        const auto first = writer.first_half();
        if (!first) throw BuildError({file.file, 1}, "{{ content }} is missing");
        code += "void begin_" + name + parameters + "\n{\n" + *first + "}\n\nvoid end_" + name + parameters +
                "\n{\n" + second + "}\n\n";
    };
    const std::string of_page =
        "([[maybe_unused]] const Page& page, [[maybe_unused]] std::string_view title, "
        "[[maybe_unused]] const Problems& problems, [[maybe_unused]] std::string& out)";
    const std::string of_letter = "([[maybe_unused]] const Letter& page, [[maybe_unused]] std::string_view "
                                  "title, [[maybe_unused]] std::string& out)";
    frame(page, page.record, true, false, "page", of_page);
    frame(letter, letter.record, true, true, "mail_html", of_letter);
    frame(letter_text, letter.record, false, true, "mail_text", of_letter);
    return code + closing;
}

}  // namespace tmplc
