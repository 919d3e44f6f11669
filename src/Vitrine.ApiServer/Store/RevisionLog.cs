using System.Numerics;
using System.Runtime.InteropServices;
using Microsoft.Data.Sqlite;

namespace Vitrine.ApiServer.Store;

/// <summary>
/// The append-only log on disk. Used by one thread. A transaction that returned from <see cref="Commit"/> has been
/// fsynced (WAL, synchronous=FULL: https://www.sqlite.org/pragma.html#pragma_synchronous).
/// </summary>
internal sealed class RevisionLog : IDisposable
{
    private readonly string _path;
    private readonly SqliteConnection _connection;
    private readonly SqliteCommand _begin;
    private readonly SqliteCommand _commit;
    private readonly SqliteCommand _insert;
    private readonly SqliteParameter[] _columns;
    private readonly SqliteCommand _drop;
    private readonly SqliteParameter _dropped;

    /// <param name="maxPages">Bound of the file in pages of 8 KiB; 0: the disk's own.</param>
    public RevisionLog(string path, int maxPages = 0)
    {
        _path = path;
        _connection = RevisionLogFile.Open(path);
        if (maxPages > 0)
        {
            RevisionLogFile.Execute(_connection, $"PRAGMA max_page_count={maxPages}");
        }

        _begin = Prepare("BEGIN IMMEDIATE");
        _commit = Prepare("COMMIT");
        _insert = Prepare("INSERT INTO log VALUES ($revision, $resource, $ns, $name, $deleted, $json, $at, $crc)");
        _columns = [.. new[] { "$revision", "$resource", "$ns", "$name", "$deleted", "$json", "$at", "$crc" }.Select(column => _insert.Parameters.Add(new SqliteParameter(column, null)))];
        _drop = Prepare("DELETE FROM log WHERE revision = $revision");
        _dropped = _drop.Parameters.Add(new SqliteParameter("$revision", 0L));
    }

    /// <summary>Revisions up to this one have been compacted.</summary>
    public long Compacted => (long)RevisionLogFile.Scalar(_connection, "SELECT compacted FROM horizon")!;

    /// <summary>The highest revision ever committed, also when its row is gone.</summary>
    public long Head => (long)RevisionLogFile.Scalar(_connection, "SELECT max(head, (SELECT coalesce(max(revision), 0) FROM log)) FROM horizon")!;

    /// <summary>All rows in order of revision. Throws <see cref="IOException"/> at a row whose checksum is wrong.</summary>
    public IEnumerable<LogRow> Read()
    {
        using SqliteCommand select = Prepare("SELECT revision, resource, ns, name, deleted, json, revision_at, crc FROM log ORDER BY revision");
        using SqliteDataReader reader = select.ExecuteReader();
        while (reader.Read())
        {
            LogRow row = new(reader.GetInt64(0), reader.GetString(1), reader.GetString(2), reader.GetString(3), reader.GetInt64(4) != 0, (byte[])reader.GetValue(5), reader.GetInt32(6));
            if (Checksum(row) != reader.GetInt64(7))
            {
                throw new IOException($"{_path} is damaged: the checksum of revision {row.Revision} ({row.Resource} {row.Namespace}/{row.Name}) is wrong; restore it from a copy, or remove the data directory to start empty");
            }

            yield return row;
        }
    }

    public void Begin() => _begin.ExecuteNonQuery();

    public void Append(in LogRow row)
    {
        _columns[0].Value = row.Revision;
        _columns[1].Value = row.Resource;
        _columns[2].Value = row.Namespace;
        _columns[3].Value = row.Name;
        _columns[4].Value = row.Deleted ? 1L : 0L;
        _columns[5].Value = row.Json;
        _columns[6].Value = (long)row.RevisionAt;
        _columns[7].Value = (long)Checksum(row);
        _insert.ExecuteNonQuery();
    }

    public void Commit() => _commit.ExecuteNonQuery();

    public void Rollback()
    {
        // After SQLITE_FULL or SQLITE_IOERR SQLite may have rolled back already (https://www.sqlite.org/lang_transaction.html).
        if (SQLitePCL.raw.sqlite3_get_autocommit(_connection.Handle) == 0)
        {
            RevisionLogFile.Execute(_connection, "ROLLBACK");
        }
    }

    /// <summary>Removes superseded rows in one transaction; the horizon and the head revision are kept in it.</summary>
    public void Compact(IEnumerable<long> superseded, long horizon, long head)
    {
        Begin();
        foreach (long revision in superseded)
        {
            _dropped.Value = revision;
            _drop.ExecuteNonQuery();
        }

        RevisionLogFile.Execute(_connection, $"UPDATE horizon SET compacted = {horizon}, head = {head}");
        Commit();
    }

    public void Dispose()
    {
        _begin.Dispose();
        _commit.Dispose();
        _insert.Dispose();
        _drop.Dispose();
        _connection.Dispose();
    }

    private SqliteCommand Prepare(string sql)
    {
        SqliteCommand command = _connection.CreateCommand();
        command.CommandText = sql;
        return command;
    }

    private static uint Checksum(in LogRow row)
    {
        uint crc = BitOperations.Crc32C((uint)row.RevisionAt, (ulong)row.Revision);
        foreach (char c in row.Name)
        {
            crc = BitOperations.Crc32C(crc, c);
        }

        ReadOnlySpan<byte> json = row.Json;
        foreach (ulong word in MemoryMarshal.Cast<byte, ulong>(json))
        {
            crc = BitOperations.Crc32C(crc, word);
        }

        foreach (byte rest in json[(json.Length & ~7)..])
        {
            crc = BitOperations.Crc32C(crc, rest);
        }

        return crc;
    }
}
