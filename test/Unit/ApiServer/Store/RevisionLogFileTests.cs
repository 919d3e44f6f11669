using Microsoft.Data.Sqlite;
using Vitrine.ApiServer.Store;
using Xunit;

namespace Vitrine.Unit.ApiServer.Store;

public sealed class RevisionLogFileTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("vitrine-log-").FullName;

    private string File => Path.Combine(_directory, "revisions.db");

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void A_file_that_is_no_database_is_refused()
    {
        System.IO.File.WriteAllText(File, string.Concat(Enumerable.Repeat("not a database at all ", 100)));
        Assert.Contains("is not a Vitrine revision log", Refusal(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_database_of_another_program_is_refused()
    {
        Execute("CREATE TABLE t (a)");
        Assert.Contains("of another program", Refusal(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_newer_format_is_refused()
    {
        new RevisionLog(File).Dispose();
        Execute("PRAGMA user_version=99");
        Assert.Contains("newer Vitrine", Refusal(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_second_process_is_refused()
    {
        using RevisionLog first = new(File);
        first.Begin();
        first.Commit();
        Assert.Contains("in use by another process", Refusal(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_flipped_bit_in_an_object_is_found()
    {
        using (RevisionLog log = new(File))
        {
            log.Begin();
            log.Append(new LogRow(1, "configmaps", "default", "a", false, "{\"metadata\":{\"resourceVersion\":\"1\"},\"data\":\"needle\"}"u8.ToArray(), 31));
            log.Commit();
        }

        byte[] bytes = System.IO.File.ReadAllBytes(File);
        int at = bytes.AsSpan().IndexOf("needle"u8);
        Assert.True(at > 0, "the object is in the database file after a clean close");
        bytes[at] ^= 1;
        System.IO.File.WriteAllBytes(File, bytes);
        using RevisionLog damaged = new(File);
        Assert.Contains("checksum of revision 1", Assert.Throws<IOException>(() => damaged.Read().Count()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_torn_file_is_refused()
    {
        using (RevisionLog log = new(File))
        {
            log.Begin();
            for (int i = 1; i < 200; i++)
            {
                log.Append(new LogRow(i, "configmaps", "default", $"a{i}", false, new byte[1000], 0));
            }

            log.Commit();
        }

        using (FileStream file = new(File, FileMode.Open))
        {
            file.SetLength(file.Length / 2);
        }

        Assert.Contains("is damaged", Refusal(), StringComparison.Ordinal);
    }

    private string Refusal() => Assert.ThrowsAny<IOException>(() => new RevisionLog(File)).Message;

    private void Execute(string sql)
    {
        using SqliteConnection connection = new($"Data Source={File};Pooling=False");
        connection.Open();
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
