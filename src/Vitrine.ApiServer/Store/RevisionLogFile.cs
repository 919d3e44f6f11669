using Microsoft.Data.Sqlite;

namespace Vitrine.ApiServer.Store;

/// <summary>Opens and checks the database file of the revision log, and refuses what is not one with a plain message.</summary>
internal static class RevisionLogFile
{
    /// <summary>"VTRN" in the SQLite header's application_id (https://www.sqlite.org/fileformat.html#application_id).</summary>
    internal const int ApplicationId = 0x5654524E;

    internal const int Format = 1;

    /// <summary>Throws <see cref="IOException"/> for a foreign, newer, damaged, locked or unreadable file.</summary>
    public static SqliteConnection Open(string path)
    {
        Create(path);
        SqliteConnection connection = new(new SqliteConnectionStringBuilder
        {
            DataSource = path,
            Mode = SqliteOpenMode.ReadWrite,
            Pooling = false,
            // Seconds to wait for another process to leave; 0 would wait forever.
            DefaultTimeout = 1,
        }.ToString());
        try
        {
            connection.Open();
            // One process owns the file: the lock is held for the connection's life, and WAL then needs no shared memory file.
            Execute(connection, "PRAGMA locking_mode=EXCLUSIVE");
            Check(connection, path);
            Execute(connection, "PRAGMA journal_mode=WAL");
            Execute(connection, "PRAGMA synchronous=FULL");
            // The WAL file is overwritten in place once it has grown: an fsync then has no file size to journal.
            Execute(connection, "PRAGMA wal_autocheckpoint=4000");
            Execute(connection, "PRAGMA cache_size=-4000");
            Execute(connection, """
                CREATE TABLE IF NOT EXISTS log (
                  revision INTEGER PRIMARY KEY, resource TEXT NOT NULL, ns TEXT NOT NULL, name TEXT NOT NULL,
                  deleted INTEGER NOT NULL, json BLOB NOT NULL, revision_at INTEGER NOT NULL, crc INTEGER NOT NULL) STRICT
                """);
            Execute(connection, "CREATE TABLE IF NOT EXISTS horizon (id INTEGER PRIMARY KEY CHECK (id = 0), compacted INTEGER NOT NULL, head INTEGER NOT NULL) STRICT");
            Execute(connection, "INSERT OR IGNORE INTO horizon VALUES (0, 0, 0)");
            return connection;
        }
        catch (SqliteException error)
        {
            connection.Dispose();
            throw new IOException(Explain(path, error), error);
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    internal static void Execute(SqliteConnection connection, string sql)
    {
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    internal static object? Scalar(SqliteConnection connection, string sql)
    {
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteScalar();
    }

    private static void Create(string path)
    {
        if (!File.Exists(path))
        {
            // Secrets live in here. SQLite gives the WAL file the mode of the database.
            using FileStream created = new(path, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite });
        }
    }

    private static void Check(SqliteConnection connection, string path)
    {
        bool empty = (long)Scalar(connection, "SELECT count(*) FROM sqlite_schema")! == 0 && (long)Scalar(connection, "PRAGMA application_id")! == 0;
        if (empty)
        {
            Execute(connection, $"PRAGMA page_size=8192");
            Execute(connection, $"PRAGMA application_id={ApplicationId}");
            Execute(connection, $"PRAGMA user_version={Format}");
            return;
        }

        if ((long)Scalar(connection, "PRAGMA application_id")! != ApplicationId)
        {
            throw new IOException($"{path} is a SQLite database of another program, not a Vitrine revision log; choose another data directory");
        }

        if ((long)Scalar(connection, "PRAGMA user_version")! is var format && format > Format)
        {
            throw new IOException($"{path} has revision log format {format}, written by a newer Vitrine (this one reads up to {Format}); run that version, or start with an empty data directory");
        }

        if (Scalar(connection, "PRAGMA quick_check(1)") is not "ok" and var fault)
        {
            throw new IOException($"{path} is damaged ({fault}); restore it from a copy, or remove the data directory to start empty");
        }
    }

    private static string Explain(string path, SqliteException error) => error.SqliteErrorCode switch
    {
        5 or 6 => $"{path} is in use by another process; stop that API server first",
        11 => $"{path} is damaged ({error.Message}); restore it from a copy, or remove the data directory to start empty",
        26 => $"{path} is not a Vitrine revision log; choose another data directory",
        13 => $"cannot open {path}: the disk is full; free space and start again",
        _ => $"cannot open the revision log {path}: {error.Message}",
    };
}
