using System.Net;
using System.Text;

namespace Vitrine.Reach;

/// <summary>The matrix as one page that needs nothing else: no script, nothing loaded, and every name of the cluster is text.</summary>
internal static class ReachHtml
{
    private const string Head = """
        <!doctype html>
        <html lang="en"><head><meta charset="utf-8">
        <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
        <title>Who may talk to whom</title>
        <style>
        body{font:14px/1.4 system-ui,sans-serif;margin:2em;color:#222}
        .w{overflow:auto}table{border-collapse:collapse}th,td{border:1px solid #ccc;padding:.3em .5em;vertical-align:top}
        thead th{position:sticky;top:0;background:#f4f4f4}tbody th{position:sticky;left:0;background:#f4f4f4;text-align:right;white-space:nowrap}
        span{display:inline-block;border-radius:.3em;padding:0 .4em;margin:.1em;white-space:nowrap}
        .yes{background:#d8f0d8}.no{background:#f6d4d4}.no::before{content:"✗ "}.yes::before{content:"✓ "}.some{background:#f8edc8}.some::before{content:"± "}
        </style></head><body>
        <h1>Who may talk to whom</h1>
        <p>Rows ask, columns are asked. ✓ may, ✗ may not, ± depends on which of the pods; point at one for the reason.</p>

        """;

    public static string Write(ReachMatrix matrix)
    {
        var page = new StringBuilder(Head).Append("<div class=\"w\"><table><thead><tr><th>from \\ to</th>");
        foreach (var end in matrix.Ends)
            page.Append("<th>").Append(Text(end)).Append("</th>");
        page.Append("</tr></thead><tbody>\n");
        var cells = matrix.Cells.ToLookup(c => (c.From, c.To));
        foreach (var from in matrix.Ends)
        {
            page.Append("<tr><th>").Append(Text(from)).Append("</th>");
            foreach (var to in matrix.Ends)
                Cell(page, cells[(from, to)]);
            page.Append("</tr>\n");
        }
        return page.Append("</tbody></table></div></body></html>\n").ToString();
    }

    private static void Cell(StringBuilder page, IEnumerable<ReachCell> ports)
    {
        page.Append("<td>");
        foreach (var port in ports)
            page.Append("<span class=\"").Append(port.Allowed).Append("\" title=\"").Append(Text(ReachText.Why(port))).Append("\">").Append(Text(port.Port)).Append("</span>");
        page.Append("</td>");
    }

    private static string Text(string text) => WebUtility.HtmlEncode(text);
}
