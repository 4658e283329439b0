#include "tests/doctor/pastedprograms.h"

#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>

namespace shmpix::test {

namespace {

QByteArray written(const QString& path, const QString& text)
{
    QFile file(path);
    const bool isWritten = file.open(QIODevice::WriteOnly) && file.write(text.toUtf8()) >= 0 && file.flush();
    return isWritten ? QByteArray() : path.toUtf8() + " cannot be written";
}

QByteArray compiled(const QString& program, const QStringList& words)
{
    const Finished done = runToEnd(program, words, 180000);
    return done.exitCode == 0 ? QByteArray() : done.out + done.err + "the compiler failed";
}

} // namespace

int PastedPrograms::Run::exitCode()
{
    if (!m_isFork) {
        return m_process->exitCode();
    }
    const QString line = m_process->waitForLine(QStringLiteral("exit "));
    bool isNumber = false;
    const int status = line.mid(5).toInt(&isNumber);
    return isNumber ? status : -2;
}

int PastedPrograms::add(const Snippet& snippet)
{
    m_programs.push_back({languageOf(snippet.peer), snippet.code});
    return static_cast<int>(m_programs.size()) - 1;
}

QByteArray PastedPrograms::make(const QString& folder)
{
    m_folder = folder + QLatin1Char('/');
    return makePython() + makeCSharp() + makeCpp();
}

PastedPrograms::Run PastedPrograms::start(int number, const QStringList& arguments)
{
    Run run;
    switch (m_programs.at(static_cast<std::size_t>(number)).language) {
    case Language::Cpp:
        run.m_process = std::make_shared<PeerProcess>(m_folder + QLatin1String("pasted"),
                                                      QStringList{QString::number(number)} + arguments);
        break;
    case Language::CSharp:
        run.m_process = std::make_shared<PeerProcess>(
            QStringLiteral("mono"),
            QStringList{m_folder + QLatin1String("pasted.exe"), QString::number(number)} + arguments);
        break;
    case Language::Python:
        if (!m_python) {
            m_python = std::make_shared<PeerProcess>(
                pythonWithOpenCv(), QStringList{QStringLiteral(SHMPIX_SOURCE "/tests/doctor/pasted.py")});
        }
        m_python->writeLine(QString::fromUtf8(
            QJsonDocument(QJsonArray::fromStringList(QStringList{scriptOf(number)} + arguments))
                .toJson(QJsonDocument::Compact)));
        run.m_process = m_python;
        run.m_isFork = true;
        break;
    }
    return run;
}

PastedPrograms::Language PastedPrograms::languageOf(Peer peer)
{
    switch (peer) {
    case Peer::QtKey:
    case Peer::QtNativeKey:
    case Peer::QtPosix:
    case Peer::QtSystemV:
    case Peer::QtWindows:
        return Language::Cpp;
    case Peer::CSharp:
    case Peer::CSharpOnWindows:
        return Language::CSharp;
    case Peer::Python:
    case Peer::PythonOnWindows:
    case Peer::NumPy:
    case Peer::OpenCv:
        break;
    }
    return Language::Python;
}

QString PastedPrograms::scriptOf(int number) const
{
    return m_folder + QStringLiteral("pasted%1.py").arg(number);
}

/// Puts the kit beside the programs, as their comments demand.
QByteArray PastedPrograms::makePython()
{
    if (!QFile::copy(QStringLiteral(SHMPIX_SOURCE "/interop/python/shmpix.py"),
                     m_folder + QLatin1String("shmpix.py"))) {
        return "shmpix.py cannot be copied";
    }
    QByteArray failures;
    for (std::size_t i = 0; i < m_programs.size(); ++i) {
        if (m_programs[i].language == Language::Python) {
            failures += written(scriptOf(static_cast<int>(i)), m_programs[i].code);
        }
    }
    return failures;
}

/// Puts each program into a namespace and adds a Main() that calls the program with the given number.
QByteArray PastedPrograms::makeCSharp()
{
    QString code;
    QString choice;
    for (std::size_t i = 0; i < m_programs.size(); ++i) {
        if (m_programs[i].language == Language::CSharp) {
            const QString name = QStringLiteral("Pasted%1").arg(i);
            QString text = m_programs[i].code;
            const bool shares = text.contains(QLatin1String("class Share\n"));
            text.replace(QLatin1String("    static void Main("),
                         QLatin1String("    internal static void Main("));
            code += QStringLiteral("namespace %1\n{\n").arg(name) + text + QStringLiteral("}\n");
            choice += QStringLiteral("case \"%1\": %2.%3.Main(rest); return 0;\n")
                          .arg(i)
                          .arg(name, shares ? QStringLiteral("Share") : QStringLiteral("Read"));
        }
    }
    code += QStringLiteral("static class Pasted\n{\nstatic int Main(string[] words)\n{\n"
                           "var rest = new string[words.Length - 1];\n"
                           "System.Array.Copy(words, 1, rest, 0, rest.Length);\n"
                           "switch (words[0])\n{\n%1}\nreturn 9;\n}\n}\n")
                .arg(choice);
    const QString source = m_folder + QLatin1String("pasted.cs");
    const QByteArray failure = written(source, code);
    return !failure.isEmpty() ? failure
                              : compiled(QStringLiteral("mcs"),
                                         {QStringLiteral("-main:Pasted"), QStringLiteral("-r:System.Core"),
                                          QStringLiteral("-out:") + m_folder + QLatin1String("pasted.exe"),
                                          source, QStringLiteral(SHMPIX_SOURCE "/interop/csharp/Shmpix.cs")});
}

/// Turns each main() into a function, which a common main() calls.
QByteArray PastedPrograms::makeCpp()
{
    QString code;
    QString choice;
#if QT_VERSION < QT_VERSION_CHECK(6, 6, 0)
    code +=
        QStringLiteral("#include \"%1/tests/doctor/nativeipckey.h\"\n").arg(QStringLiteral(SHMPIX_SOURCE));
#endif
    for (std::size_t i = 0; i < m_programs.size(); ++i) {
        if (m_programs[i].language == Language::Cpp) {
            QString text = m_programs[i].code;
            const QString name = QStringLiteral("pasted%1").arg(i);
            text.replace(QLatin1String("int main("), QStringLiteral("static int %1(").arg(name));
            code += text + QLatin1Char('\n');
            choice += QStringLiteral("if (number == %1) return %2(argc - 1, argv + 1);\n").arg(i).arg(name);
        }
    }
    code += QStringLiteral("int main(int argc, char* argv[]) {\n"
                           "const int number = argc > 1 ? QByteArray(argv[1]).toInt() : -1;\n") +
            choice + QStringLiteral("return 9;\n}\n");
    const QString source = m_folder + QLatin1String("pasted.cpp");
    const QByteArray failure = written(source, code);
    return !failure.isEmpty()
               ? failure
               : compiled(QStringLiteral("sh"),
                          {QStringLiteral("-c"),
                           QStringLiteral("exec c++ -std=c++17 -fPIC -Wall -Werror -o \"$1\" \"$0\" "
                                          "$(pkg-config --cflags --libs Qt6Gui)"),
                           source, m_folder + QLatin1String("pasted")});
}

} // namespace shmpix::test
