import { Route, Routes } from 'react-router';
import { ExportPage } from './ExportPage.tsx';
import { ImportPage } from './ImportPage.tsx';
import { TablesPage } from './TablesPage.tsx';

/** The route element of Data: the tables, and a page each for what comes in and what goes out. */
export default function Data() {
  return (
    <Routes>
      <Route path="import/:file" element={<ImportPage />} />
      <Route path="export" element={<ExportPage />} />
      <Route path=":table?" element={<TablesPage />} />
    </Routes>
  );
}
