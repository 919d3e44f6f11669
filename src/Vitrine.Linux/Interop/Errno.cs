namespace Vitrine.Linux.Interop;

/// <summary>Error numbers as asm-generic/errno.h gives them (the same on x86-64 and arm64).</summary>
public static class Errno
{
    public const int EPERM = 1;
    public const int ENOENT = 2;
    public const int ESRCH = 3;
    public const int EINTR = 4;
    public const int EIO = 5;
    public const int ENXIO = 6;
    public const int EBADF = 9;
    public const int EAGAIN = 11;
    public const int ECONNREFUSED = 111;
    public const int ENOMEM = 12;
    public const int EACCES = 13;
    public const int EBUSY = 16;
    public const int EEXIST = 17;
    public const int EXDEV = 18;
    public const int ENODEV = 19;
    public const int ENOTDIR = 20;
    public const int EISDIR = 21;
    public const int EINVAL = 22;
    public const int ENOSPC = 28;
    public const int EROFS = 30;
    public const int EPIPE = 32;
    public const int ERANGE = 34;
    public const int ENAMETOOLONG = 36;
    public const int ENOSYS = 38;
    public const int ELOOP = 40;
    public const int EMSGSIZE = 90;
    public const int EPROTONOSUPPORT = 93;
    public const int EOPNOTSUPP = 95;
    public const int EADDRINUSE = 98;
    public const int EADDRNOTAVAIL = 99;
    public const int ENETDOWN = 100;
    public const int ENETUNREACH = 101;
    public const int ENOBUFS = 105;
    public const int ENOTCONN = 107;
    public const int EHOSTDOWN = 112;
    public const int EHOSTUNREACH = 113;

    /// <summary>The symbol of an error number, such as <c>EEXIST</c>, or <c>errno 999</c> where it is not known here.</summary>
    public static string Name(int errno) => errno switch
    {
        EPERM => nameof(EPERM), ENOENT => nameof(ENOENT), ESRCH => nameof(ESRCH), EINTR => nameof(EINTR), EIO => nameof(EIO),
        ENXIO => nameof(ENXIO), EBADF => nameof(EBADF), EAGAIN => nameof(EAGAIN), ENOMEM => nameof(ENOMEM), EACCES => nameof(EACCES),
        EBUSY => nameof(EBUSY), EEXIST => nameof(EEXIST), EXDEV => nameof(EXDEV), ENODEV => nameof(ENODEV), ENOTDIR => nameof(ENOTDIR),
        EISDIR => nameof(EISDIR), EINVAL => nameof(EINVAL), ENOSPC => nameof(ENOSPC), EROFS => nameof(EROFS), EPIPE => nameof(EPIPE), ERANGE => nameof(ERANGE),
        ENAMETOOLONG => nameof(ENAMETOOLONG), ENOSYS => nameof(ENOSYS), ELOOP => nameof(ELOOP), EOPNOTSUPP => nameof(EOPNOTSUPP),
        EADDRINUSE => nameof(EADDRINUSE), EADDRNOTAVAIL => nameof(EADDRNOTAVAIL), ENETDOWN => nameof(ENETDOWN),
        ENETUNREACH => nameof(ENETUNREACH), ENOBUFS => nameof(ENOBUFS), ENOTCONN => nameof(ENOTCONN),
        ECONNREFUSED => nameof(ECONNREFUSED), EMSGSIZE => nameof(EMSGSIZE), EHOSTDOWN => nameof(EHOSTDOWN), EHOSTUNREACH => nameof(EHOSTUNREACH),
        _ => $"errno {errno}",
    };

    /// <summary>What the number means, in words.</summary>
    public static string Describe(int errno) => errno switch
    {
        EPERM => "operation not permitted", ENOENT => "no such file or directory", ESRCH => "no such process or entry", EINTR => "interrupted",
        EIO => "input/output error", ENXIO => "no such device or address", EBADF => "bad file descriptor", EAGAIN => "would block",
        ENOMEM => "out of memory", EACCES => "permission denied", EBUSY => "device or resource busy", EEXIST => "already exists",
        EXDEV => "crosses file systems", ENODEV => "no such device", ENOTDIR => "not a directory", EISDIR => "is a directory",
        EINVAL => "invalid argument", ENOSPC => "no space left on device", EROFS => "read-only file system", EPIPE => "nobody reads the pipe", ERANGE => "out of range",
        ENAMETOOLONG => "name too long", ENOSYS => "not implemented by this kernel", ELOOP => "too many symbolic links",
        EPROTONOSUPPORT => "protocol not supported", EOPNOTSUPP => "not supported", EADDRINUSE => "address in use", EADDRNOTAVAIL => "address not available", ENETDOWN => "network is down",
        ENETUNREACH => "network is unreachable", ENOBUFS => "no buffer space", ENOTCONN => "not connected",
        ECONNREFUSED => "connection refused", EMSGSIZE => "message too long", EHOSTDOWN => "host is down", EHOSTUNREACH => "no route to host",
        _ => "error " + errno,
    };
}
